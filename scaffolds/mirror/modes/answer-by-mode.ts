import { toCounterpartError, type HarEntry } from '@counterpart/schemas';
import { toResponse } from '../answer/problem.ts';
import { isTransportHeader, responseBytes, toHarEntry } from '../recording/har-entry.ts';
import { createRedaction } from '../recording/redaction.ts';
import { pathBelow, type NearMiss, type Recorded } from '../recording/replay.ts';
import { passOn, readWhole } from './body-stream.ts';
import type { Answered, LivingParts, Passage } from './passage.ts';
import type { ServiceAnswer } from './real-service.ts';

/** Answers a request as the mirror's mode says. Rejects with an error of the catalogue. */
export async function answerByMode(passage: Passage, parts: LivingParts): Promise<Answered> {
  switch (parts.settings.mode) {
    case 'simulate':
      return passage.simulate();
    case 'live':
      return live(passage);
    case 'replay':
      return replayed(passage, parts) ?? missed(passage, parts);
    case 'hybrid':
      return hybrid(passage, parts);
    case 'record':
      return fromService(passage, parts, 'record');
    case 'pass':
      return fromService(passage, parts, 'pass');
    case 'spy':
      return fromService(passage, parts, 'spy');
  }
}

/** The engine reads and checks the request; what it calls then is the service. */
async function live(passage: Passage): Promise<Answered> {
  const answered = await passage.simulate();
  return answered.from === 'simulated' ? { ...answered, from: 'service' } : answered;
}

async function hybrid(passage: Passage, parts: LivingParts): Promise<Answered> {
  if (parts.settings.hybrid === 'recorded-first') return replayed(passage, parts) ?? passage.simulate();
  const isRead = passage.operation
    ? passage.operation.effect === 'read'
    : /^(?:GET|HEAD|OPTIONS)$/.test(passage.raw.method);
  if (!isRead) return passage.simulate();
  try {
    const real = await fromService(passage, parts, 'pass');
    if (real.response.status !== 404) return real;
    // What a simulated write made exists here only.
    const simulated = await knownHere(passage, parts);
    if (!simulated) return real;
    await real.response.body?.cancel();
    return simulated;
  } catch (thrown) {
    if (toCounterpartError(thrown).code !== 'SERVICE_UNREACHABLE') throw thrown;
    return passage.simulate();
  }
}

/** The simulated answer, where the mirror holds anything that a caller made. */
async function knownHere(passage: Passage, { state }: LivingParts): Promise<Answered | undefined> {
  if (state.collections().length === 0) return undefined;
  const answered = await passage.simulate();
  return answered.response.ok ? answered : undefined;
}

function replayed({ raw }: Passage, parts: LivingParts): Answered | undefined {
  const found = parts.replay().find(raw);
  if (found.kind === 'miss') return undefined;
  return { response: recordedResponse(found.recorded, raw.method), from: 'recorded', problems: [] };
}

function recordedResponse({ entry, index }: Recorded, method: string): Response {
  const { status, headers } = entry.response;
  const isBodyless = [204, 205, 304].includes(status) || method === 'HEAD';
  const kept = new Headers(pairsOf(entry).filter(([name]) => !isTransportHeader(name)));
  kept.set('x-mirror-recorded', String(index));
  if (!kept.has('content-type') && entry.response.content.mimeType !== '')
    kept.set('content-type', entry.response.content.mimeType);
  if (headers.length === 0) kept.delete('set-cookie');
  const body = isBodyless ? null : Uint8Array.from(responseBytes(entry.response));
  return new Response(body, { status, headers: kept });
}

/** Headers of HTTP/2 captures begin with a colon, and some tools write what no message can hold. */
const pairsOf = (entry: HarEntry): [string, string][] =>
  entry.response.headers
    .filter(
      ({ name, value }) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
    )
    .map(({ name, value }) => [name, value]);

function missed({ raw }: Passage, parts: LivingParts): Answered {
  const found = parts.replay().find(raw);
  const near: readonly NearMiss[] = found.kind === 'miss' ? found.near : [];
  const nearest = near[0];
  const told = nearest
    ? ` Nearest: ${nearest.method} ${nearest.path} (${nearest.differences.join('; ')}).`
    : ` The recording holds ${parts.replay().size} answers, none of them for this path.`;
  const response = toResponse({
    status: 502,
    slug: 'not-recorded',
    title: 'Nothing is recorded for this request',
    detail: `No recorded answer fits ${raw.method} ${raw.path}.${told}`,
    headers: { 'x-mirror-replay': 'miss' },
    members: { near },
  });
  return { response, from: 'refused', problems: [`nothing recorded for ${raw.method} ${raw.path}`] };
}

/** Has the real service answer; by purpose the exchange is written down, or held against the blueprint, or neither. */
async function fromService(
  passage: Passage,
  parts: LivingParts,
  purpose: 'record' | 'pass' | 'spy',
): Promise<Answered> {
  const { raw, operation, signal } = passage;
  const started = Date.now();
  const real = await parts.service.call(raw, operation, signal);
  const isStream = /^text\/event-stream/i.test(real.headers.get('content-type') ?? '');
  if (purpose === 'spy' && !isStream) return spied(passage, parts, real);
  const { limits } = parts.settings;
  const headers = clientHeaders(real, passage, parts);
  const respond = (body: ReadableStream<Uint8Array> | null): Answered => ({
    response: new Response(body, { status: real.status, headers }),
    from: 'service',
    problems: [],
  });
  const keep = async (bytes: Uint8Array, isCut: boolean): Promise<void> => {
    if (purpose !== 'record') return;
    const response = { status: real.status, headers: real.headers, body: bytes, isCut };
    const exchange = {
      at: new Date(started).toISOString(),
      durationMs: Date.now() - started,
      url: recordedUrl(real, passage),
      request: raw,
      response,
      operation: operation?.name,
      secrets: real.secrets,
    };
    const redaction = createRedaction(parts.blueprint, {
      names: parts.settings.redact,
      secrets: real.secrets,
    });
    await parts.record(toHarEntry(exchange, redaction));
  };
  if (!real.body || [204, 205, 304].includes(real.status) || raw.method === 'HEAD') {
    await keep(new Uint8Array(), false);
    return respond(null);
  }
  const bounds = { maxBytes: limits.maxBodyBytes, keepBytes: limits.maxRecordedBytes };
  return respond(
    passOn(real.body, bounds, {
      drop: passage.drop,
      done: ({ bytes, isCut }) => keep(bytes, isCut),
    }),
  );
}

/** The address that was asked, before redirects: that is what a caller will ask for again. */
function recordedUrl({ asked }: ServiceAnswer, { raw }: Passage): string {
  return raw.query === '' ? asked : `${asked}?${raw.query}`;
}

async function spied(passage: Passage, parts: LivingParts, real: ServiceAnswer): Promise<Answered> {
  const { limits } = parts.settings;
  const body = await readWhole(real.body, limits.maxBodyBytes);
  if (!body) {
    passage.drop('reset');
    return {
      response: new Response(null, { status: 502 }),
      from: 'service',
      problems: ['the answer broke off'],
    };
  }
  const seen = { status: real.status, headers: real.headers, body, isCut: false };
  const findings = await parts.spied().add(passage.raw, seen);
  const headers = clientHeaders(real, passage, parts);
  headers.set('x-mirror-findings', String(findings.length));
  const isBodyless = [204, 205, 304].includes(real.status) || passage.raw.method === 'HEAD';
  return {
    response: new Response(isBodyless ? null : Uint8Array.from(body), { status: real.status, headers }),
    from: 'service',
    problems: findings.map(({ kind, place, message }) => `${kind}: ${place} ${message}`),
  };
}

/** Headers of the service's answer, with addresses of the service turned into places below the mirror. */
function clientHeaders(real: ServiceAnswer, { mount }: Passage, parts: LivingParts): Headers {
  const headers = new Headers([...real.headers].filter(([name]) => !isTransportHeader(name)));
  const location = headers.get('location');
  if (location !== null && URL.canParse(location, real.url)) {
    const target = new URL(location, real.url);
    const { address } = parts.service;
    if (address.allows(target))
      headers.set('location', `${mount}${pathBelow(target.href, address.bases)}${target.search}`);
  }
  return headers;
}
