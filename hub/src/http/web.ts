import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from '../kernel/log.ts';
import { type AdminService, createAdminApp } from './admin.ts';
import type { ToolTwin } from './tools/tool-twin.ts';

type Listener = (req: IncomingMessage, res: ServerResponse) => void;

/** What is served beside MCP: by far the most code of the surface, and a hub that only relays never needs it. */
export interface Web {
  readonly admin: Listener;
  /** Below `/mirror/<name>`. */
  readonly mirror: Listener;
}

export interface WebOptions {
  readonly service: AdminService;
  readonly twin: ToolTwin;
  readonly log: Logger;
  /** Answers below `/mirror/<name>`, its prefix taken off by the handler. */
  readonly mirror: Listener;
}

/** The admin API with the REST twin, and the mirrors, as listeners of node:http. */
export function createWeb({ service, twin, log, mirror }: WebOptions): Web {
  const admin = getRequestListener(createAdminApp(service, twin, log).fetch);
  return {
    admin: (req, res) => void admin(req, res),
    mirror,
  };
}
