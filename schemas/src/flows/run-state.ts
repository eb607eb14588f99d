import { z } from 'zod';

/** Where a run of a flow stands: apart from the contracts of flows, which a hub that runs none does not load. */
export const FlowRunState = z.enum(['queued', 'running', 'waiting', 'done', 'failed', 'cancelled']);
export type FlowRunState = z.infer<typeof FlowRunState>;
