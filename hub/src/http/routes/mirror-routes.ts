import type {
  ContractDiff,
  DeletedMirror,
  LearnedBehaviour,
  MirrorInspection,
  MirrorParts,
  MirrorSummary,
  RecordingSummary,
} from '@counterpart/schemas';
import {
  DiffMirrorRequest,
  ImportRecordingRequest,
  MirrorChange,
  PushMirrorRequest,
  ScenarioRequest,
  SeedMirrorRequest,
  StartMirrorRequest,
} from '@counterpart/schemas/mirror/api';
import { LearnRequest } from '@counterpart/schemas/mirror/behaviour';
import { Fault } from '@counterpart/schemas/mirror/fault';
import type { Hono } from 'hono';
import { readBody } from '../read-body.ts';

/** What can be done with one mirror; the room of mirrors implements it. */
export interface MirrorActions {
  inspect(): Promise<MirrorInspection>;
  seed(request: SeedMirrorRequest): Promise<unknown>;
  reset(): Promise<unknown>;
  inject(fault: Fault): Promise<unknown>;
  learn(request: LearnRequest): Promise<LearnedBehaviour>;
  clearFaults(id: string | undefined): Promise<unknown>;
  scenario(request: ScenarioRequest): Promise<unknown>;
  diff(request: DiffMirrorRequest, signal: AbortSignal): Promise<ContractDiff>;
  importRecording(request: ImportRecordingRequest): Promise<RecordingSummary>;
  parts(): Promise<MirrorParts>;
  push(request: PushMirrorRequest): Promise<unknown>;
}

/** The mirrors of a hub, as the admin API needs them. */
export interface MirrorService {
  list(): Promise<MirrorSummary[]>;
  start(request: StartMirrorRequest): Promise<MirrorSummary>;
  change(name: string, change: MirrorChange): Promise<MirrorSummary>;
  stop(name: string): Promise<MirrorSummary>;
  remove(name: string): Promise<DeletedMirror>;
  control(name: string): Promise<MirrorActions>;
}

/** Routes under `/api/mirrors`. */
export function addMirrorRoutes(app: Hono, mirrors: MirrorService): void {
  app.get('/api/mirrors', async (c) => c.json({ mirrors: await mirrors.list() }));
  app.post('/api/mirrors', async (c) =>
    c.json(await mirrors.start(await readBody(c, StartMirrorRequest)), 201),
  );
  app.get('/api/mirrors/:name', async (c) =>
    c.json(await (await mirrors.control(c.req.param('name'))).inspect()),
  );
  app.patch('/api/mirrors/:name', async (c) =>
    c.json(await mirrors.change(c.req.param('name'), await readBody(c, MirrorChange))),
  );
  app.delete('/api/mirrors/:name', async (c) => c.json(await mirrors.remove(c.req.param('name'))));
  app.post('/api/mirrors/:name/stop', async (c) => c.json(await mirrors.stop(c.req.param('name'))));
  actionRoutes(app, (name) => mirrors.control(name));
}

function actionRoutes(app: Hono, control: (name: string) => Promise<MirrorActions>): void {
  app.post('/api/mirrors/:name/seed', async (c) =>
    c.json(await (await control(c.req.param('name'))).seed(await readBody(c, SeedMirrorRequest))),
  );
  app.post('/api/mirrors/:name/reset', async (c) =>
    c.json(await (await control(c.req.param('name'))).reset()),
  );
  app.post('/api/mirrors/:name/faults', async (c) =>
    c.json(await (await control(c.req.param('name'))).inject(await readBody(c, Fault)), 201),
  );
  app.post('/api/mirrors/:name/learn', async (c) =>
    c.json(await (await control(c.req.param('name'))).learn(await readBody(c, LearnRequest))),
  );
  app.delete('/api/mirrors/:name/faults', async (c) =>
    c.json(await (await control(c.req.param('name'))).clearFaults(undefined)),
  );
  app.delete('/api/mirrors/:name/faults/:id', async (c) =>
    c.json(await (await control(c.req.param('name'))).clearFaults(c.req.param('id'))),
  );
  app.post('/api/mirrors/:name/scenario', async (c) =>
    c.json(await (await control(c.req.param('name'))).scenario(await readBody(c, ScenarioRequest))),
  );
  app.post('/api/mirrors/:name/push', async (c) =>
    c.json(await (await control(c.req.param('name'))).push(await readBody(c, PushMirrorRequest))),
  );
  app.post('/api/mirrors/:name/diff', async (c) => {
    const request = await readBody(c, DiffMirrorRequest);
    return c.json(await (await control(c.req.param('name'))).diff(request, c.req.raw.signal));
  });
  app.post('/api/mirrors/:name/recordings', async (c) =>
    c.json(
      await (await control(c.req.param('name'))).importRecording(await readBody(c, ImportRecordingRequest)),
      201,
    ),
  );
  app.get('/api/mirrors/:name/parts', async (c) =>
    c.json(await (await control(c.req.param('name'))).parts()),
  );
}
