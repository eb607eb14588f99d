import {
  LoopDetail,
  LoopSummary,
  type LoopDecision,
  type LoopOrder,
  type LoopStage,
} from '@counterpart/schemas';
import { z } from 'zod';
import type { Send } from './mirror-api.ts';

/** The builds of one hub. Every method rejects with the catalogue's errors. */
export interface BuildApi {
  start(order: z.input<typeof LoopOrder>): Promise<LoopSummary>;
  list(): Promise<LoopSummary[]>;
  show(id: string): Promise<LoopDetail>;
  cancel(id: string): Promise<LoopSummary>;
  retry(id: string, from?: LoopStage): Promise<LoopSummary>;
  decide(id: string, decision: LoopDecision): Promise<LoopSummary>;
  answer(id: string, text: string): Promise<LoopSummary>;
  skip(id: string): Promise<LoopSummary>;
}

const List = z.object({ builds: z.array(LoopSummary) });

/** Talks to `/api/builds`. */
export function createBuildApi(send: Send): BuildApi {
  const at = (id: string, verb = ''): string => `/api/builds/${encodeURIComponent(id)}${verb}`;
  return {
    start: (order) => send(LoopSummary, 'POST', '/api/builds', order),
    list: async () => (await send(List, 'GET', '/api/builds')).builds,
    show: (id) => send(LoopDetail, 'GET', at(id)),
    cancel: (id) => send(LoopSummary, 'POST', at(id, '/cancel'), {}),
    retry: (id, from) => send(LoopSummary, 'POST', at(id, '/retry'), from === undefined ? {} : { from }),
    decide: (id, decision) => send(LoopSummary, 'POST', at(id, '/decide'), decision),
    answer: (id, text) => send(LoopSummary, 'POST', at(id, '/answer'), { text }),
    skip: (id) => send(LoopSummary, 'POST', at(id, '/skip'), {}),
  };
}
