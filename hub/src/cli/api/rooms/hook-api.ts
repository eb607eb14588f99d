import { HookSummary } from '@counterpart/schemas/hub/hook';
import { z } from 'zod';
import type { Send } from './mirror-api.ts';

/** The hooks of one hub. Every method rejects with the catalogue's errors. */
export interface HookApi {
  list(): Promise<HookSummary[]>;
  rotate(server: string, name: string): Promise<HookSummary>;
}

const List = z.object({ hooks: z.array(HookSummary) });

/** Talks to `/api/hooks`. */
export const createHookApi = (send: Send): HookApi => ({
  list: async () => (await send(List, 'GET', '/api/hooks')).hooks,
  rotate: (server, name) =>
    send(
      HookSummary,
      'POST',
      `/api/hooks/${encodeURIComponent(server)}/${encodeURIComponent(name)}/rotate`,
      {},
    ),
});
