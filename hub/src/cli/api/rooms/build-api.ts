import { LoopDetail, LoopSummary } from '@counterpart/schemas';
import { z } from 'zod';
import type { BuildService } from '../../../kernel/ports.ts';
import type { Send } from './mirror-api.ts';

const List = z.object({ builds: z.array(LoopSummary) });

/** The builds of one hub, by `/api/builds`. */
export function createBuildApi(send: Send): BuildService {
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
