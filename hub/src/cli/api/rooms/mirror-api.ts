import type {
  DiffMirrorRequest,
  Fault,
  HarFile,
  LearnRequest,
  MirrorChange,
  PushMirrorRequest,
  ScenarioRequest,
  SeedMirrorRequest,
  StartMirrorRequest,
} from '@counterpart/schemas';
import { MirrorParts } from '@counterpart/schemas/mirror/memory';
import {
  DeletedMirror,
  MirrorInspection,
  MirrorList,
  MirrorSummary,
  RecordingSummary,
} from '@counterpart/schemas/mirror/api';
import { LearnedBehaviour } from '@counterpart/schemas/mirror/behaviour';
import { ContractDiff } from '@counterpart/schemas/mirror/contract-diff';
import { z } from 'zod';

/** Sends one request to the admin API and reads its answer by a schema. */
export type Send = <T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown) => Promise<T>;

/** The mirrors of one hub. Every method rejects with the catalogue's errors. */
export interface MirrorApi {
  list(): Promise<MirrorSummary[]>;
  start(request: z.input<typeof StartMirrorRequest>): Promise<MirrorSummary>;
  change(name: string, change: MirrorChange): Promise<MirrorSummary>;
  stop(name: string): Promise<MirrorSummary>;
  remove(name: string): Promise<DeletedMirror>;
  inspect(name: string): Promise<MirrorInspection>;
  seed(name: string, request: SeedMirrorRequest): Promise<z.infer<typeof Seeded>>;
  reset(name: string): Promise<void>;
  inject(name: string, fault: z.input<typeof Fault>): Promise<{ id: string }>;
  learn(name: string, request: LearnRequest): Promise<LearnedBehaviour>;
  /** Without an id: all. */
  clearFaults(name: string, id: string | undefined): Promise<{ cleared: number }>;
  scenario(name: string, request: z.input<typeof ScenarioRequest>): Promise<z.infer<typeof Playing>>;
  diff(name: string, request: DiffMirrorRequest): Promise<ContractDiff>;
  importRecording(name: string, recording: string, har: HarFile): Promise<RecordingSummary>;
  parts(name: string): Promise<MirrorParts>;
  push(name: string, request: PushMirrorRequest): Promise<{ listeners: number }>;
}

const Seeded = z.object({ seed: z.int(), added: z.int() });
const Playing = z.object({ scenarios: z.array(z.string()), playing: z.string().nullable() });
const Pushed = z.object({ listeners: z.int() });
const Injected = z.object({ id: z.string() });
const Cleared = z.object({ cleared: z.int() });

/** The part of a hub's API that is about mirrors. */
export function createMirrorApi(send: Send): MirrorApi {
  const at = (name: string, verb = ''): string => `/api/mirrors/${encodeURIComponent(name)}${verb}`;
  return {
    list: async () => (await send(MirrorList, 'GET', '/api/mirrors')).mirrors,
    start: (request) => send(MirrorSummary, 'POST', '/api/mirrors', request),
    change: (name, change) => send(MirrorSummary, 'PATCH', at(name), change),
    stop: (name) => send(MirrorSummary, 'POST', at(name, '/stop'), {}),
    remove: (name) => send(DeletedMirror, 'DELETE', at(name)),
    inspect: (name) => send(MirrorInspection, 'GET', at(name)),
    seed: (name, request) => send(Seeded, 'POST', at(name, '/seed'), request),
    reset: async (name) => void (await send(z.unknown(), 'POST', at(name, '/reset'), {})),
    inject: (name, fault) => send(Injected, 'POST', at(name, '/faults'), fault),
    learn: (name, request) => send(LearnedBehaviour, 'POST', at(name, '/learn'), request),
    clearFaults: (name, id) =>
      send(Cleared, 'DELETE', at(name, id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`)),
    scenario: (name, request) => send(Playing, 'POST', at(name, '/scenario'), request),
    diff: (name, request) => send(ContractDiff, 'POST', at(name, '/diff'), request),
    importRecording: (name, recording, har) =>
      send(RecordingSummary, 'POST', at(name, '/recordings'), { recording, har }),
    push: (name, request) => send(Pushed, 'POST', at(name, '/push'), request),
    parts: (name) => send(MirrorParts, 'GET', at(name, '/parts')),
  };
}
