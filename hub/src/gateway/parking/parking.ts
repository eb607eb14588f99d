import { createHash } from 'node:crypto';
import { canonicalJson } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import type { JsonMembers, RelayRequest } from '../../kernel/ports.ts';
import { ASKING_METHODS } from '../../upstream/isolation/declared.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { isFull, type GatewayLimits } from '../limits.ts';
import type { Ask, Asking, Passage } from '../relay/passage.ts';
import { codes, faultOf, invalidParams, type Fault } from '../wire/fault.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import { missingCapability } from '../../kernel/protocol/client-capabilities.ts';
import { clientOf } from './client-of.ts';
import { ParkedCall } from './parked-call.ts';
import { StateSeal, type ParkedState } from './sealed-state.ts';

export interface ParkingOptions {
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'maxParkedCalls' | 'questionTimeoutMs'>;
  /** JSON text of the `_meta` of the hub's own results. */
  readonly metaText: string;
}

/** A modern client's request that goes on with a parked call. */
export interface Retry {
  readonly server: string;
  /** Names and URIs are already the server's own. */
  readonly request: RelayRequest;
  readonly passage: Passage;
}

/**
 * Calls of modern clients that wait at a legacy server for the client's answer (2026-07-28, basic/patterns/mrtr). The client
 * gets the server's questions as the result of its request, and the call goes on when the client sends that request again.
 */
export class Parking {
  readonly #options: ParkingOptions;
  readonly #seal = new StateSeal();
  readonly #calls = new Map<string, ParkedCall>();
  readonly #byCourse = new WeakMap<Asking, ParkedCall>();

  constructor(options: ParkingOptions) {
    this.#options = options;
  }

  /** Calls with a question that is not answered, or that were resumed and run. */
  get size(): number {
    return this.#calls.size;
  }

  /** Puts a legacy server's question to the modern client of a call; rejects with what the server is told. */
  readonly ask: Ask = ({ method, params }, signal, call) => {
    const refusal = refusalOf(method, params, call);
    const parked = refusal ? undefined : this.#parked(call);
    if (parked) return parked.ask({ method, params }, signal);
    const busy = { code: codes.internal, message: 'Too many calls wait for answers of their clients' };
    return Promise.reject(new RpcFailure({ ...(refusal ?? busy) }));
  };

  /** Gives a parked call its answers and its client's new request; a fault when the state does not belong to both. */
  resume({ server, request, passage }: Retry): Asking | Fault {
    const { requestState, inputResponses } = request.params;
    const state = typeof requestState === 'string' ? this.#seal.open(requestState) : undefined;
    if (!state) return refused('it is not one that this hub gave out since its start');
    const expected = { server, client: clientOf(passage.origin), digest: digestOf(request) };
    if (
      state.server !== expected.server ||
      state.client !== expected.client ||
      state.digest !== expected.digest
    )
      return refused('it belongs to another request or to another client');
    if (state.expires <= this.#options.clock.now()) return refused('it has expired');
    const parked = this.#calls.get(state.call);
    if (!parked) return refused('the call it belongs to has ended');
    if (!parked.isAt(state.round)) return refused('it was used already');
    if (inputResponses !== undefined && !hasOnlyObjects(inputResponses))
      return invalidParams('inputResponses must hold an object for each key');
    const refusal = parked.course.recheck();
    if (refusal) {
      parked.giveUp(refusal.message);
      return faultOf(refusal);
    }
    parked.resume(passage, request.progressToken, inputResponses ?? {});
    return parked.course;
  }

  /** Gives all up; their servers are told. */
  close(): void {
    for (const parked of this.#calls.values()) parked.giveUp('the hub is stopping');
  }

  #parked(course: Asking): ParkedCall | undefined {
    const known = this.#byCourse.get(course);
    if (known) return known;
    const { clock, limits, metaText } = this.#options;
    const taken = [...this.#calls.values()].map((parked) => personOf(parked.course));
    if (isFull(taken, personOf(course), limits.maxParkedCalls)) return undefined;
    const id = newId();
    const made = new ParkedCall(course, {
      clock,
      metaText,
      answerMs: limits.questionTimeoutMs,
      seal: (round, expires) => this.#seal.seal(stateOf(course, { call: id, round, expires })),
    });
    this.#calls.set(id, made);
    this.#byCourse.set(course, made);
    course.onEnd = () => {
      made.over();
      this.#calls.delete(id);
    };
    return made;
  }
}

const personOf = ({ passage }: Asking): string | undefined => passage.view.principal;

function refusalOf(
  method: string,
  params: JsonMembers,
  call: Asking,
): { code: number; message: string } | undefined {
  if (!ASKING_METHODS.has(call.request.method))
    return {
      code: codes.methodNotFound,
      message: `no client can be asked anything during ${call.request.method}`,
    };
  const requiredCapabilities = missingCapability(method, params, call.passage.caller.capabilities);
  if (!requiredCapabilities) return undefined;
  const message = `the client does not declare what ${method} needs`;
  call.lacking = {
    code: codes.missingCapability,
    message: `Missing required client capability: ${message}`,
    data: { requiredCapabilities },
    status: 400,
  };
  return { code: codes.methodNotFound, message };
}

function stateOf(course: Asking, turn: Pick<ParkedState, 'call' | 'round' | 'expires'>): ParkedState {
  return {
    server: course.server,
    client: clientOf(course.passage.origin),
    digest: digestOf(course.request),
    ...turn,
  };
}

/** Of what must be the same in a retry; `_meta` is a matter of each request. */
function digestOf({ method, params }: RelayRequest): string {
  const { name, uri, arguments: args } = params;
  return createHash('sha256')
    .update(canonicalJson([method, name ?? null, uri ?? null, args ?? null]))
    .digest('base64url');
}

const hasOnlyObjects = (value: unknown): value is Record<string, JsonMembers> =>
  isMembers(value) && Object.values(value).every(isMembers);

const refused = (why: string): Fault =>
  invalidParams(`requestState cannot be used: ${why}; send the request again without it`);
