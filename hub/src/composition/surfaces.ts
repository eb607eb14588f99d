import { join } from 'node:path';
import type { Gateway } from '../gateway/gateway.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { AdminService } from '../http/admin.ts';
import { isSameText } from '../http/guard.ts';
import { startHttp, type HttpOptions } from '../http/server.ts';
import { OWNER } from '../kernel/audit/principal.ts';
import type { Catalog } from '../kernel/ports.ts';
import type { Lazy } from '../kernel/lazily.ts';
import type { Scope } from '../kernel/scope.ts';
import type { Mirrors } from '../mirrors/mirrors.ts';
import type { Base } from './base.ts';
import type { Chats } from './models/chat-desk.ts';

interface Surfaces {
  readonly catalog: Catalog;
  readonly gateway: Gateway;
  readonly fleet: Fleet;
  readonly mirrors: Mirrors;
  readonly service: AdminService;
  readonly chats: Lazy<Chats>;
  readonly scope: Scope;
  readonly options: {
    /** Instead of the configured address. */
    readonly host?: string | undefined;
    readonly port?: number | undefined;
    /** A hub of one command is asked nothing by others. */
    readonly ephemeral?: boolean | undefined;
  };
}

/** Tells principals by their tokens: the owner by that of the data folder. */
export const identifier =
  ({ data, access }: Pick<Base, 'data' | 'access'>) =>
  (token: string): string | undefined =>
    isSameText(token, data.token) ? OWNER : access.identify(token);

/** Beside `run`, which servers see inside their walls. */
const localSocket = ({ data, log }: Base): HttpOptions['local'] => ({
  path: join(data.directory, 'local', 'hub.sock'),
  missing: (cause) =>
    log.info({ cause }, 'no socket in the data folder: `hub stdio` uses the port, which costs more'),
});

/** The gateway, the admin API and mirrors behind one listener. */
export async function openSurfaces(
  base: Base,
  { catalog, gateway, fleet, mirrors, service, chats, scope, options }: Surfaces,
): Promise<{ url: string; socket: string | undefined }> {
  const { log, config, access: people } = base;
  const { listen } = config.current();
  let address = '';
  const twin = { catalog, calls: gateway.calls, version: base.version, url: () => address };
  const web = async () => {
    const { createWeb } = await import('../http/web.ts');
    return createWeb({ service, twin, log, mirror: mirrors.handle });
  };
  const http = await startHttp({
    host: options.host ?? listen.host,
    port: options.port ?? listen.port,
    local: options.ephemeral === true ? undefined : localSocket(base),
    identify: identifier(base),
    access: () => {
      const { listen: addresses, auth } = config.current();
      const { allowedHosts, allowedOrigins } = addresses;
      const mcpNeedsToken = auth.mcp === 'token';
      return {
        allowedHosts,
        allowedOrigins,
        mcpNeedsToken,
        readsNeedToken: mcpNeedsToken && people.count > 0,
      };
    },
    mcp: (request, response, selector) => gateway.handle(request, response, selector),
    mcpLines: (socket, selector) => gateway.connectStdio({ input: socket, output: socket }, selector).closed,
    chat: async () => (await chats.open()).surface,
    health: service,
    web,
  });
  address = http.url;
  scope.add(() => http.close());
  scope.add(async () => await (await chats.opened())?.close());
  // Closed before the listener: streams get their last word while their connections stand,
  scope.add(() => gateway.close());
  // and so do calls in flight,
  scope.add(() => fleet.close());
  // while nothing new comes in.
  scope.add(() => {
    gateway.refuse();
    http.refuse();
  });
  return { url: http.url, socket: http.socket };
}
