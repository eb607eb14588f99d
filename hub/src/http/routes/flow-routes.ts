import type {
  FlowRun,
  FlowRunSummary,
  FlowSummary,
  Json,
  Judgement,
  PromptDetail,
  PromptSummary,
  PromptVersion,
  RenderedPrompt,
} from '@counterpart/schemas';
import {
  DecideFlowRequest,
  JudgeRequest,
  ServeFlowRequest,
  StartFlowRequest,
} from '@counterpart/schemas/flows/flow';
import { RenderPromptRequest } from '@counterpart/schemas/flows/prompt';
import type { Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../read-body.ts';
import { queryOf } from './query.ts';
import { parsePlain } from '../../kernel/protocol/exact-numbers.ts';

type Members = Readonly<Record<string, Json>>;

/** Prompt templates and flows, opened when they are first asked for. */
export type FlowService = () => Promise<{
  readonly prompts: {
    list(): Promise<PromptSummary[]>;
    show(name: string, version?: string): Promise<PromptDetail>;
    versions(name: string): Promise<PromptVersion[]>;
    render(name: string, given: Members, version?: string): Promise<RenderedPrompt>;
  };
  readonly flows: {
    list(): Promise<FlowSummary[]>;
    show(name: string): Promise<FlowSummary>;
    start(name: string, inputs: Members): Promise<FlowRunSummary>;
    runs(filter: { readonly flow?: string | undefined; readonly limit: number }): Promise<FlowRunSummary[]>;
    run(id: string): Promise<FlowRun>;
    decide(id: string, decision: 'approve' | 'reject', node?: string): Promise<FlowRunSummary>;
    cancel(id: string): Promise<FlowRunSummary>;
    setServed(name: string, serve: boolean): Promise<FlowSummary>;
    judge(request: z.output<typeof JudgeRequest>, signal: AbortSignal): Promise<Judgement>;
  };
  /** Offers clients what the files say now. */
  refresh(): Promise<void>;
}>;

const Nothing = z.strictObject({});

/** Routes under `/api/prompts`, `/api/flows` and `/api/flow-runs`. */
export function addFlowRoutes(app: Hono, service: FlowService): void {
  promptRoutes(app, service);
  app.get('/api/flows', async (c) => c.json({ flows: await (await service()).flows.list() }));
  app.get('/api/flows/:name', async (c) => c.json(await (await service()).flows.show(c.req.param('name'))));
  app.post('/api/flows/:name/runs', async (c) => {
    const { inputs } = await readBody(c, StartFlowRequest, parsePlain);
    return c.json(await (await service()).flows.start(c.req.param('name'), inputs), 201);
  });
  app.post('/api/flows/:name/serve', async (c) => {
    const { serve } = await readBody(c, ServeFlowRequest);
    const room = await service();
    const changed = await room.flows.setServed(c.req.param('name'), serve);
    await room.refresh();
    return c.json(changed);
  });
  app.post('/api/flow-judgements', async (c) => {
    const request = await readBody(c, JudgeRequest);
    return c.json(await (await service()).flows.judge(request, c.req.raw.signal));
  });
  runRoutes(app, service);
}

function promptRoutes(app: Hono, service: FlowService): void {
  app.get('/api/prompts', async (c) => c.json({ prompts: await (await service()).prompts.list() }));
  app.get('/api/prompts/:name', async (c) =>
    c.json(
      await (await service()).prompts.show(c.req.param('name'), queryOf(c, '/api/prompts/:name').version),
    ),
  );
  app.get('/api/prompts/:name/versions', async (c) =>
    c.json({ versions: await (await service()).prompts.versions(c.req.param('name')) }),
  );
  app.post('/api/prompts/:name/render', async (c) => {
    const { arguments: given, version } = await readBody(c, RenderPromptRequest);
    return c.json(await (await service()).prompts.render(c.req.param('name'), given, version));
  });
}

function runRoutes(app: Hono, service: FlowService): void {
  app.get('/api/flow-runs', async (c) => {
    const filter = queryOf(c, '/api/flow-runs');
    return c.json({ runs: await (await service()).flows.runs(filter) });
  });
  app.get('/api/flow-runs/:id', async (c) => c.json(await (await service()).flows.run(c.req.param('id'))));
  app.post('/api/flow-runs/:id/decision', async (c) => {
    const { decision, node } = await readBody(c, DecideFlowRequest);
    return c.json(await (await service()).flows.decide(c.req.param('id'), decision, node));
  });
  app.post('/api/flow-runs/:id/cancel', async (c) => {
    await readBody(c, Nothing);
    return c.json(await (await service()).flows.cancel(c.req.param('id')));
  });
}
