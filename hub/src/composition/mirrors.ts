import { join } from 'node:path';
import { directoryOf } from '../fleet/directory-of.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { checkToken } from '../http/guard.ts';
import type { ToolCalls } from '../kernel/ports.ts';
import type { Scope } from '../kernel/scope.ts';
import { liveCall, type LiveDoor } from '../mirrors/live-door.ts';
import { createMirrors, type Mirrors } from '../mirrors/mirrors.ts';
import type { Base } from './base.ts';

/** What is there only when all rooms are. */
export interface MirrorDomain {
  readonly fleet: Fleet;
  readonly gateway: { readonly calls: ToolCalls };
}

interface MirrorParts {
  readonly scope: Scope;
  readonly domain: () => MirrorDomain;
  readonly url: () => string | undefined;
}

/** The mirrors of a hub: of its servers, and what else is simulated. They end with the scope. */
export async function openMirrors(base: Base, { scope, domain, url }: MirrorParts): Promise<Mirrors> {
  const fleet = (): Fleet => domain().fleet;
  const mirrors = await createMirrors({
    ...base,
    directory: join(base.dataDir, 'mirrors'),
    directoryOf: (id) => directoryOf(fleet(), id),
    serverIds: () => [...fleet().members.keys()],
    env: base.host,
    live: { call: liveCall(() => domain().gateway.calls), refusal: refusalFor(base) },
    clean: base.redactor.redact,
    url,
    toolsChanged: () => fleet().publish(),
  });
  scope.add(() => mirrors.close());
  return mirrors;
}

/** As at `/mcp`, for a live mirror acts as the hub: where that needs the token, this does. */
const refusalFor =
  ({ config, data }: Base): LiveDoor['refusal'] =>
  ({ headers }) => {
    if (config.current().auth.mcp !== 'token') return undefined;
    const authorization = headers.get('authorization') ?? undefined;
    return checkToken({ authorization }, data.token, 'a live mirror');
  };
