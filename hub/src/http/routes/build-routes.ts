import { LoopDecision, LoopOrder, LoopStage } from '@counterpart/schemas';
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { BuildService } from '../../kernel/ports.ts';
import { traceOf } from '../../kernel/protocol/trace.ts';
import { askerOf } from '../asker.ts';
import { readBody } from '../read-body.ts';

const Retry = z.strictObject({ from: LoopStage.optional() });
const GivenAnswer = z.strictObject({ text: z.string().min(1).max(2_000_000) });
const Nothing = z.strictObject({});

/** Routes under `/api/builds`. Followers of `/api/events` hear of every stage. */
export function addBuildRoutes(app: Hono, buildsOf: (principal: string) => BuildService): void {
  const at = (c: Context): BuildService => buildsOf(askerOf(c));
  app.get('/api/builds', async (c) => c.json({ builds: await at(c).list() }));
  app.post('/api/builds', async (c) => {
    const order = await readBody(c, LoopOrder);
    const trace = order.trace ?? traceOf(c.req.header('traceparent'));
    return c.json(await at(c).start(trace === undefined ? order : { ...order, trace }), 201);
  });
  app.get('/api/builds/:id', async (c) => c.json(await at(c).show(c.req.param('id'))));
  app.post('/api/builds/:id/cancel', async (c) => {
    await readBody(c, Nothing);
    return c.json(await at(c).cancel(c.req.param('id')));
  });
  app.post('/api/builds/:id/retry', async (c) => {
    const { from } = await readBody(c, Retry);
    return c.json(await at(c).retry(c.req.param('id'), from));
  });
  app.post('/api/builds/:id/decide', async (c) =>
    c.json(await at(c).decide(c.req.param('id'), await readBody(c, LoopDecision))),
  );
  app.post('/api/builds/:id/answer', async (c) => {
    const { text } = await readBody(c, GivenAnswer);
    return c.json(await at(c).answer(c.req.param('id'), text));
  });
  app.post('/api/builds/:id/skip', async (c) => {
    await readBody(c, Nothing);
    return c.json(await at(c).skip(c.req.param('id')));
  });
}
