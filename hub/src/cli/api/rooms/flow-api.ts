import type { JsonObject } from '@counterpart/schemas';
import { FlowRun, FlowRunSummary, FlowSummary, Judgement } from '@counterpart/schemas/flows/flow';
import {
  PromptDetail,
  PromptSummary,
  PromptVersion,
  RenderedPrompt,
} from '@counterpart/schemas/flows/prompt';
import { z } from 'zod';
import type { Send } from './mirror-api.ts';

/** The prompt templates of one hub. Every method rejects with the catalogue's errors. */
export interface PromptApi {
  list(): Promise<PromptSummary[]>;
  show(name: string, version?: string): Promise<PromptDetail>;
  versions(name: string): Promise<PromptVersion[]>;
  render(name: string, given: JsonObject, version?: string): Promise<RenderedPrompt>;
}

/** The flows of one hub, and their runs. Every method rejects with the catalogue's errors. */
export interface FlowApi {
  list(): Promise<FlowSummary[]>;
  show(name: string): Promise<FlowSummary>;
  start(name: string, inputs: JsonObject): Promise<FlowRunSummary>;
  serve(name: string, serve: boolean): Promise<FlowSummary>;
  runs(flow: string | undefined, limit: number): Promise<FlowRunSummary[]>;
  run(id: string): Promise<FlowRun>;
  decide(id: string, decision: 'approve' | 'reject', node?: string): Promise<FlowRunSummary>;
  cancel(id: string): Promise<FlowRunSummary>;
  judge(request: {
    readonly text: string;
    readonly criterion: string;
    readonly model: string;
  }): Promise<Judgement>;
}

const Prompts = z.object({ prompts: z.array(PromptSummary) });
const Versions = z.object({ versions: z.array(PromptVersion) });
const Flows = z.object({ flows: z.array(FlowSummary) });
const Runs = z.object({ runs: z.array(FlowRunSummary) });

/** Talks to `/api/prompts`. */
export function createPromptApi(send: Send): PromptApi {
  const at = (name: string, verb = ''): string => `/api/prompts/${encodeURIComponent(name)}${verb}`;
  return {
    list: async () => (await send(Prompts, 'GET', '/api/prompts')).prompts,
    show: (name, version) =>
      send(
        PromptDetail,
        'GET',
        at(name, version === undefined ? '' : `?version=${encodeURIComponent(version)}`),
      ),
    versions: async (name) => (await send(Versions, 'GET', at(name, '/versions'))).versions,
    render: (name, given, version) =>
      send(RenderedPrompt, 'POST', at(name, '/render'), { arguments: given, version }),
  };
}

/** Talks to `/api/flows` and `/api/flow-runs`. */
export function createFlowApi(send: Send): FlowApi {
  const at = (name: string, verb = ''): string => `/api/flows/${encodeURIComponent(name)}${verb}`;
  const run = (id: string, verb = ''): string => `/api/flow-runs/${encodeURIComponent(id)}${verb}`;
  return {
    list: async () => (await send(Flows, 'GET', '/api/flows')).flows,
    show: (name) => send(FlowSummary, 'GET', at(name)),
    start: (name, inputs) => send(FlowRunSummary, 'POST', at(name, '/runs'), { inputs }),
    serve: (name, serve) => send(FlowSummary, 'POST', at(name, '/serve'), { serve }),
    async runs(flow, limit) {
      const query = new URLSearchParams({ limit: String(limit), ...(flow === undefined ? {} : { flow }) });
      return (await send(Runs, 'GET', `/api/flow-runs?${query.toString()}`)).runs;
    },
    run: (id) => send(FlowRun, 'GET', run(id)),
    decide: (id, decision, node) => send(FlowRunSummary, 'POST', run(id, '/decision'), { decision, node }),
    cancel: (id) => send(FlowRunSummary, 'POST', run(id, '/cancel'), {}),
    judge: (request) => send(Judgement, 'POST', '/api/flow-judgements', request),
  };
}
