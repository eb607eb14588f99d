import { type HookReceipt, type HookSummary, hubError } from '@counterpart/schemas';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { problem } from '../problem.ts';
import { readBody } from '../read-body.ts';

/** Where other programs post what a server reads. They have no other key than the hook's token. */
export const HOOKS_PATH = '/hooks/';

/** Exports of a phone's health data are some megabytes a day. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Hooks of the hub's servers, as the routes need them. */
export interface HookService {
  list(): HookSummary[];
  /** Rejects with HOOK_UNKNOWN. */
  rotate(server: string, name: string): HookSummary;
  /** Keeps what was posted. Rejects with HOOK_UNKNOWN unless the token is the hook's. */
  take(
    hook: { readonly server: string; readonly name: string; readonly token: string },
    text: () => Promise<string>,
  ): Promise<HookReceipt>;
}

const Nothing = z.strictObject({});

/** `POST /hooks/<server>/<name>` for other programs, and `/api/hooks` for their owner. */
export function addHookRoutes(app: Hono, hooks: HookService): void {
  app.post(
    `${HOOKS_PATH}:server/:name`,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => problem(c, hubError('BODY_TOO_LARGE', { path: c.req.path, maxBytes: MAX_BODY_BYTES })),
    }),
    async (c) => {
      const { server, name } = c.req.param();
      return c.json(await hooks.take({ server, name, token: tokenOf(c) }, () => c.req.text()));
    },
  );
  app.get('/api/hooks', (c) => c.json({ hooks: hooks.list() }));
  app.post('/api/hooks/:server/:name/rotate', async (c) => {
    await readBody(c, Nothing);
    return c.json(hooks.rotate(c.req.param('server'), c.req.param('name')));
  });
}

/** In a header where the program can set one, else in the address. */
const tokenOf = (c: Context): string =>
  /^Bearer (?<token>\S+)$/i.exec(c.req.header('authorization') ?? '')?.groups?.['token'] ??
  c.req.query('token') ??
  '';
