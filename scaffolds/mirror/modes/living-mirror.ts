import { AsyncLocalStorage } from 'node:async_hooks';
import { type MirrorRequestEntry, toCounterpartError } from '@counterpart/schemas';
import { BODY_TOO_LARGE, readRaw } from '../answer/exchange.ts';
import type { PlainResponse } from '../answer/plain-response.ts';
import { toResponse } from '../answer/problem.ts';
import { breakBody, type DropConnection, isBodyFault } from '../faults/broken-body.ts';
import { strike, type StruckBy } from '../faults/strike.ts';
import { createMirror, type Mirror, type MirrorLogEntry } from '../mirror.ts';
import type { RawRequest } from '../request/decode-request.ts';
import { answerByMode } from './answer-by-mode.ts';
import { problemResponse } from './listener.ts';
import type { Answered, LivingParts, Passage } from './passage.ts';

/** A mirror that answers by its mode, its scenario and its faults. */
export interface LivingMirror {
  readonly engine: Mirror;
  /** `drop` ends the connection that the request came on; without it a fault of the connection becomes a rejection. */
  fetch(request: Request, drop?: DropConnection): Promise<Response | PlainResponse>;
}

const cannotDrop: DropConnection = () => {
  throw new TypeError('the connection was dropped');
};

/** Puts a mirror together. */
export function createLivingMirror(parts: LivingParts): LivingMirror {
  const { blueprint, settings, basePath = '', state } = parts;
  // Requests run at once: each finds the engine's word on its own answer in its own slot.
  const slots = new AsyncLocalStorage<{ entry?: MirrorLogEntry }>();
  const engine = createMirror(blueprint, {
    seed: settings.seed,
    strictAuth: settings.strictAuth,
    basePath,
    state,
    channels: parts.channels,
    call: parts.call,
    log: (entry) => {
      const slot = slots.getStore();
      if (slot) slot.entry = entry;
      else parts.observe(observed(entry));
    },
  });
  const simulate = async (request: Request): Promise<Answered> => {
    const slot: { entry?: MirrorLogEntry } = {};
    const response = await slots.run(slot, () => engine.fetch(request));
    const problems = slot.entry?.problems ?? [];
    return { response, from: problems.length > 0 ? 'refused' : 'simulated', problems };
  };
  return {
    engine,
    async fetch(request, drop = cannotDrop) {
      const isPlain =
        settings.mode === 'simulate' && parts.faults.active.length === 0 && parts.player() === undefined;
      if (isPlain) return engine.respond(request);
      const start = performance.now();
      const raw = await readRaw(request, basePath);
      if (!raw) return toResponse(BODY_TOO_LARGE);
      const passage = passageOf(request, raw, { parts, drop, simulate });
      const answered = await answer(passage, parts);
      const { operation } = passage;
      parts.observe({
        at: new Date().toISOString(),
        method: raw.method,
        path: raw.path,
        ...(operation ? { operation: operation.name } : {}),
        status: answered.response.status,
        durationMs: performance.now() - start,
        from: answered.from,
        problems: [...answered.problems],
      });
      return answered.response;
    },
  };
}

/** The engine's own entry, as a mirror's owner is told of it. */
function observed({ problems, ...entry }: MirrorLogEntry): MirrorRequestEntry {
  const from = problems.length > 0 ? 'refused' : 'simulated';
  return { at: new Date().toISOString(), ...entry, from, problems: [...problems] };
}

interface Making {
  readonly parts: LivingParts;
  readonly drop: DropConnection;
  readonly simulate: (request: Request) => Promise<Answered>;
}

function passageOf(request: Request, raw: RawRequest, { parts, drop, simulate }: Making): Passage {
  const { basePath = '' } = parts;
  const isBelow = basePath !== '' && new URL(request.url).pathname.startsWith(`${basePath}/`);
  const copy = (): Request =>
    new Request(request.url, {
      method: raw.method,
      headers: raw.headers,
      ...(raw.body.length > 0 ? { body: Uint8Array.from(raw.body) } : {}),
    });
  return {
    raw,
    operation: parts.reader.operation(raw),
    signal: request.signal,
    drop,
    mount: isBelow ? basePath : '',
    simulate: () => simulate(copy()),
  };
}

async function answer(passage: Passage, parts: LivingParts): Promise<Answered> {
  const { operation, drop, signal } = passage;
  const struckBy: StruckBy = {
    book: parts.reader.typing.book,
    seed: parts.settings.seed,
    operation,
    drop,
    signal,
  };
  const strikes = parts.faults.strikes(operation?.name);
  for (const one of strikes) {
    const struck = await strike(one, struckBy);
    if (struck) return { response: struck, from: 'fault', problems: [`fault ${one.id}`] };
  }
  let answered = await unfaulted(passage, parts);
  for (const { fault, id } of strikes) {
    if (!isBodyFault(fault)) continue;
    const response = await breakBody(answered.response, fault, drop);
    answered = { response, from: 'fault', problems: [...answered.problems, `fault ${id}`] };
  }
  return answered;
}

async function unfaulted(passage: Passage, parts: LivingParts): Promise<Answered> {
  const played = parts.player()?.play(passage.raw, passage.operation?.name);
  if (played) {
    if (played.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, played.delayMs));
    return { response: played.response, from: 'scenario', problems: [] };
  }
  try {
    return await answerByMode(passage, parts);
  } catch (thrown) {
    const error = toCounterpartError(thrown);
    return { response: problemResponse(error), from: 'refused', problems: [error.message] };
  }
}
