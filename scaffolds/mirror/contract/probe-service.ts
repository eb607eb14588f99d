import { bindInput } from '@counterpart/kit';
import {
  type ContractDiff,
  type Json,
  type JsonObject,
  type Operation,
  type ServiceLimits,
  toCounterpartError,
} from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import { readWhole } from '../modes/body-stream.ts';
import type { RealService } from '../modes/real-service.ts';
import { decodeText } from '../recording/exchange.ts';
import type { RawRequest } from '../request/decode-request.ts';
import { sampleInput } from '../sample-input.ts';
import { isArray, isObject, own, parseJson } from '../schema/json-value.ts';
import { createContractBook, type ContractBook } from './contract-book.ts';
import type { ContractReader } from './contract-reader.ts';

export interface ProbeOptions {
  readonly reader: ContractReader;
  readonly service: RealService;
  readonly limits: ServiceLimits;
  readonly seed: number;
  /** Also calls operations that change things. */
  readonly writes: boolean;
  readonly signal: AbortSignal;
}

/** A service that cannot be reached so often in a row is not asked any more. */
const MOST_FAILURES = 3;
const MAX_CALLS = 1_000;

/**
 * Asks the real service every operation that only reads, with made-up inputs and the ids that its own lists gave, and
 * holds each answer against the blueprint.
 */
export async function probeService(options: ProbeOptions): Promise<ContractDiff> {
  const { reader, service, signal } = options;
  const book = createContractBook(reader);
  const known: KnownIds = new Map();
  let failures = 0;
  const asked = orderOf(reader.blueprint.operations, options.writes, book);
  for (const operation of asked.slice(0, MAX_CALLS)) {
    signal.throwIfAborted();
    if (failures >= MOST_FAILURES) {
      book.excuse(operation.name, 'the service did not answer');
      continue;
    }
    failures = (await ask(operation, { ...options, book, known })) ? 0 : failures + 1;
  }
  for (const { name } of asked.slice(MAX_CALLS)) book.excuse(name, `more than ${MAX_CALLS} operations`);
  return book.report('service', service.address.bases[0] ?? service.address.base(undefined));
}

/** Lists before what is in them: operations with fewer places in their path come first. */
function orderOf(operations: readonly Operation[], writes: boolean, book: ContractBook): Operation[] {
  const places = ({ http }: Operation): number => http.path.split('{').length;
  return operations
    .filter((operation) => {
      if (operation.effect === 'read' || writes) return true;
      book.excuse(operation.name, 'it changes things, and only reads were asked for');
      return false;
    })
    .toSorted((a, b) => places(a) - places(b));
}

/** Ids by the path of the list they came from, such as `/owners/{id}/pets`. */
type KnownIds = Map<string, JsonObject>;

interface Asking extends ProbeOptions {
  readonly book: ContractBook;
  readonly known: KnownIds;
}

/** False when the service could not be reached. */
async function ask(operation: Operation, asking: Asking): Promise<boolean> {
  const { book, service, signal, limits } = asking;
  const request = requestFor(operation, asking);
  if ('reason' in request) {
    book.excuse(operation.name, request.reason);
    return true;
  }
  try {
    const answer = await service.call(request.raw, operation, signal);
    const body = await readWhole(answer.body, limits.maxBodyBytes);
    if (!body) {
      book.excuse(operation.name, 'its answer broke off or was too large');
      return true;
    }
    const response = { status: answer.status, headers: answer.headers, body, isCut: false };
    if (answer.status >= 400) book.excuse(operation.name, refusal(answer.status, request.isGuess));
    await book.add(request.raw, response);
    if (answer.status < 300) learn(operation, body, asking.known);
    return true;
  } catch (thrown) {
    const error = toCounterpartError(thrown);
    if (error.code !== 'SERVICE_UNREACHABLE') throw error;
    const { method, path } = operation.http;
    book.note({
      kind: 'unreachable',
      operation: operation.name,
      method,
      path,
      place: 'service',
      message: error.message,
    });
    book.excuse(operation.name, 'the service did not answer');
    return false;
  }
}

function refusal(status: number, isGuess: boolean): string {
  if (status === 401 || status === 403) return `answered ${status}: it needs a credential`;
  return isGuess ? `answered ${status} to a made-up request` : `answered ${status}`;
}

type Asked = { readonly raw: RawRequest; readonly isGuess: boolean } | { readonly reason: string };

/** A request by an example of the description, else a made-up one; ids that the service gave take the places in the path. */
function requestFor(operation: Operation, { reader, seed, known }: Asking): Asked {
  try {
    const example = operation.examples?.[0]?.input;
    const input = example ?? sampleInput(reader.blueprint, operation, { seed });
    const places = knownPlaces(operation, known);
    const bound = bindInput(operation.http, { ...input, ...places });
    const [path = '/', ...query] = bound.target.split('?');
    const inPath = operation.http.parameters.filter((binding) => binding.in === 'path');
    return {
      raw: {
        method: bound.method,
        path,
        query: query.join('?'),
        headers: new Headers(bound.headers),
        body: bound.body ?? new Uint8Array(),
      },
      isGuess: example === undefined && inPath.some(({ key }) => !Object.hasOwn(places, key)),
    };
  } catch (cause) {
    return { reason: `no request can be made up: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}

/** Members that name a thing, best first. */
const ID_MEMBERS = ['id', 'uuid', 'key', 'slug', 'code', 'number', 'name', 'login', 'username'];

function knownPlaces({ http }: Operation, known: KnownIds): Record<string, Json> {
  const places: Record<string, Json> = {};
  for (const { key, name } of http.parameters.filter((binding) => binding.in === 'path')) {
    const at = http.path.indexOf(`{${name}}`);
    const thing = at < 0 ? undefined : known.get(http.path.slice(0, at).replace(/\/+$/, ''));
    const value = thing && idOf(thing, name);
    if (value !== undefined) places[key] = value;
  }
  return places;
}

function idOf(thing: JsonObject, name: string): Json | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z\d]/g, '');
  const wanted = Object.keys(thing).find((member) => plain(member) === plain(name));
  const stem = ID_MEMBERS.find((member) => plain(name).endsWith(member) && Object.hasOwn(thing, member));
  const member = wanted ?? stem ?? ID_MEMBERS.find((candidate) => Object.hasOwn(thing, candidate));
  const value = member === undefined ? undefined : own(thing, member);
  return typeof value === 'string' || isNumber(value) ? value : undefined;
}

/** Keeps the first thing of a list, so that the operations below it can be asked about it. */
function learn({ http }: Operation, body: Uint8Array, known: KnownIds): void {
  const parsed = parseJson(decodeText(body) ?? '');
  if (parsed.kind !== 'value') return;
  const list = isArray(parsed.value)
    ? parsed.value
    : isObject(parsed.value)
      ? Object.values(parsed.value).find(isArray)
      : undefined;
  const first = list?.find((item) => isObject(item));
  const path = (http.path.split('?')[0] ?? '').replace(/\/+$/, '');
  if (isObject(first) && !known.has(path)) known.set(path, first);
}
