import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { LoopAuthor, LoopSummary } from '@counterpart/schemas';
import { parseServerId } from '../../../builder/server-id.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { withHub } from '../../running/with-hub.ts';
import { followBuild } from './follow.ts';

export interface Wish {
  readonly name?: string | undefined;
  readonly category?: string | undefined;
  readonly author?: LoopAuthor | undefined;
  readonly model?: string | undefined;
  readonly from?: string | undefined;
  /** Files and folders that the server will read. */
  readonly with?: readonly string[] | undefined;
  readonly unsafeLocal?: boolean | undefined;
}

/** Words of a person, not a place: there is a space in them, and no file of that name. */
export const isWish = (text: string): boolean =>
  /\S\s+\S/.test(text) &&
  !/^(?:https?|mcp|grpcs?|postgres(?:ql)?|mysql|mariadb|sqlite):/i.test(text) &&
  !existsSync(text);

/** Begins a build from words and follows it. */
export const buildFromWords = (context: Context, text: string, wish: Wish): Promise<number> =>
  begin(context, (hub) => {
    const { name, category, author = 'model', model, from, with: files = [] } = wish;
    return hub.builds.start({
      text,
      author,
      ...named(name),
      ...unsafe(context, wish),
      ...(category === undefined ? {} : { category }),
      ...(model === undefined ? {} : { model }),
      ...(files.length === 0 ? {} : { files: files.map((file) => resolve(file)) }),
      ...(from === undefined ? {} : { from: /^[a-z][a-z+]*:/i.test(from) ? from : resolve(from) }),
    });
  });

/** Begins a build of a server that a person wrote, and follows it. */
export const buildFromFolder = (context: Context, folder: string, wish: Wish): Promise<number> =>
  begin(context, (hub) =>
    hub.builds.start({
      text: `The server in ${folder}`,
      author: 'person',
      folder: resolve(folder),
      ...unsafe(context, wish),
      ...(wish.category === undefined ? {} : { category: wish.category }),
    }),
  );

/** Said aloud before anything runs. */
function unsafe(context: Context, { unsafeLocal }: Wish): { unsafeLocal?: true } {
  if (unsafeLocal !== true) return {};
  context.note(
    context.paint.bad(
      '--unsafe-local: where there is no sandbox, code that nobody has approved will run on this machine as your user, with your network and files.',
    ),
  );
  return { unsafeLocal: true };
}

const named = (name: string | undefined) => (name === undefined ? {} : { name: parseServerId(name) });

const begin = (context: Context, start: (hub: HubApi) => Promise<LoopSummary>): Promise<number> =>
  withHub(context, async (hub) => {
    const { id } = await start(hub);
    if (!context.json) context.note(`Build ${id} has begun; \`hub builds show ${id}\` shows it at any time.`);
    return await followBuild(context, hub, id);
  });
