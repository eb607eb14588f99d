import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Env } from '@counterpart/kit';
import {
  type Blueprint,
  type Fault,
  type HarEntry,
  hubError,
  type Json,
  type JsonObject,
  type MirrorMemory,
  type MirrorRequestEntry,
  type MirrorSettings,
  type Scenario,
  type ScenarioProgress,
} from '@counterpart/schemas';
import { type ContractBook, createContractBook } from '../contract/contract-book.ts';
import { type ContractReader, createContractReader } from '../contract/contract-reader.ts';
import { createFaultPlan, type FaultPlan } from '../faults/fault-plan.ts';
import { type McpDoor, mcpDoor } from '../mcp/door.ts';
import { createRedaction, type Redaction } from '../recording/redaction.ts';
import { createReplayBook, type ReplayBook } from '../recording/replay.ts';
import { createRandom } from '../sample/random.ts';
import { createScenarioPlayer, type ScenarioPlayer } from '../scenarios/scenario-player.ts';
import type { MirrorState } from '../state/mirror-state.ts';
import { parseSnapshot } from '../state/snapshot.ts';
import { createState } from '../state/store.ts';
import { attachSockets } from '../stream/attach.ts';
import { createChannels } from '../stream/channels.ts';
import { asResponse } from '../answer/plain-response.ts';
import { attachGrpc } from '../grpc/attach.ts';
import { liveCalls, type CallServerTool } from '../live/live-calls.ts';
import type { AskMirror } from '../grpc/answer-call.ts';
import type { AnswerRequest } from './listener.ts';
import { createLivingMirror, type LivingMirror } from './living-mirror.ts';
import { createRealService, type RealService } from './real-service.ts';
import { createServiceAddress } from './service-address.ts';
import { putRows, stateValue } from './state-value.ts';

export interface CoreOptions {
  readonly name: string;
  readonly blueprint: Blueprint;
  readonly settings: MirrorSettings;
  /** Taken off paths that begin with it, such as `/mirror/pets`. */
  readonly basePath?: string;
  readonly memory?: MirrorMemory | undefined;
  /** By name; asked anew for every scenario that begins. */
  readonly scenarios: () => Readonly<Record<string, Scenario>>;
  /** Recorded exchanges to replay. */
  readonly entries: readonly HarEntry[];
  readonly env: Env;
  /** The built server whose mirror it is; in the mode live its tools answer unless the settings name another. */
  readonly server?: string | undefined;
  /** Calls a tool of a server; absent where no hub is. */
  readonly callTool?: CallServerTool | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Writes a redacted exchange down. Never rejects. */
  readonly record: (entry: HarEntry) => Promise<void>;
  /** What `memory()` gives is not what it was. */
  readonly changed: () => void;
  /** Told of every request that was answered. */
  readonly observe?: (entry: MirrorRequestEntry) => void;
}

const LAST_REQUESTS = 100;

/** One mirror with all it holds, wherever it runs: in the hub or alone. It writes nothing down itself. */
export class MirrorCore {
  readonly blueprint: Blueprint;
  readonly state: MirrorState = createState();
  readonly reader: ContractReader;
  readonly redaction: Redaction;
  /** Newest last. */
  readonly lastRequests: MirrorRequestEntry[] = [];
  readonly #options: CoreOptions;
  #settings: MirrorSettings;
  #requests = 0;
  #spied: ContractBook;
  #faults: FaultPlan;
  #player: ScenarioPlayer | undefined;
  #replay: ReplayBook;
  #service: RealService;
  #living: LivingMirror;
  readonly #channels = createChannels();
  readonly #mcp: McpDoor | undefined;

  /** Throws STATE_INVALID for a memory that holds no state of this engine. */
  constructor(options: CoreOptions) {
    const { blueprint, settings, memory, entries } = options;
    this.#options = options;
    this.#settings = settings;
    this.blueprint = blueprint;
    this.#mcp = mcpDoor(blueprint, options.basePath ?? '');
    this.redaction = createRedaction(blueprint, { names: settings.redact });
    this.reader = createContractReader(blueprint);
    this.#spied = createContractBook(this.reader);
    this.#faults = createFaultPlan(settings.seed, options.now);
    if (memory?.state !== undefined) this.state.restore(parseSnapshot(memory.state, options.name));
    for (const { fault, struck } of memory?.faults ?? []) this.#faults.inject(fault, struck);
    this.#start(memory?.playing, memory?.progress);
    this.#service = this.#makeService();
    this.#replay = this.#makeReplay(entries);
    this.#living = this.#assemble();
    this.state.onChange(() => options.changed());
  }

  /** Answers a request. */
  readonly answer: AnswerRequest = (request, drop) =>
    // What is called in MCP goes on as a call of the REST twin, so that modes, faults and scenarios are the same for both.
    this.#mcp?.(request, (asked) => this.#living.fetch(asked, drop)) ?? this.#living.fetch(request, drop);

  /** Has a server of its own take WebSocket connections and calls of gRPC. */
  readonly attach = async (server: Server, answer: AnswerRequest): Promise<() => void> => {
    const closed = (what: string) => (): string | undefined =>
      this.#settings.mode === 'simulate' || this.#settings.mode === 'hybrid'
        ? undefined
        : `In the mode ${this.#settings.mode} no ${what}: it is neither recorded nor passed on.`;
    const dropSockets = await attachSockets(server, () => this.#living.engine, closed('WebSocket is opened'));
    const ask: AskMirror = (request, drop) => answer(request, drop).then(asResponse);
    const dropCalls = await attachGrpc(server, this.blueprint, ask, closed('call of gRPC is answered'));
    return () => {
      dropSockets();
      dropCalls();
    };
  };

  /** Says something to everybody who listens to an operation; throws INPUT_INVALID for one that is not listened to. */
  push(operation: string, message: Json): number {
    const listened = this.blueprint.operations.filter(({ stream }) => stream !== undefined);
    if (listened.some(({ name }) => name === operation)) return this.#channels.push(operation, message);
    const names = listened.map(({ name }) => name).join(', ');
    throw hubError('INPUT_INVALID', {
      subject: 'the message',
      detail: `${this.#options.name} has no operation named ${operation} that is listened to; ${names === '' ? 'it has none at all' : `there are ${names}`}`,
    });
  }

  get settings(): MirrorSettings {
    return this.#settings;
  }

  get faults(): FaultPlan {
    return this.#faults;
  }

  get player(): ScenarioPlayer | undefined {
    return this.#player;
  }

  get service(): RealService {
    return this.#service;
  }

  /** What spying found. */
  get spied(): ContractBook {
    return this.#spied;
  }

  /** Requests answered since it was made. */
  get requests(): number {
    return this.#requests;
  }

  /** Goes on with other settings; another seed makes everything up anew. */
  configure(settings: MirrorSettings, entries: readonly HarEntry[]): void {
    const isReseeded = settings.seed !== this.#settings.seed;
    this.#settings = settings;
    if (isReseeded) {
      const { active } = this.#faults;
      this.#faults = createFaultPlan(settings.seed, this.#options.now);
      for (const { fault, struck } of active) this.#faults.inject(fault, struck);
      this.state.reset();
    }
    this.#service = this.#makeService();
    this.#replay = this.#makeReplay(entries);
    this.#living = this.#assemble();
  }

  /** Adds a fault and gives its id; throws INPUT_INVALID for an operation that there is not. */
  inject(fault: Fault): string {
    const names = new Set(this.blueprint.operations.map(({ name }) => name));
    const strange = fault.operations?.find((name) => !names.has(name));
    if (strange !== undefined)
      throw hubError('INPUT_INVALID', {
        subject: 'the fault',
        detail: `${this.#options.name} has no operation named ${strange}`,
      });
    return this.#faults.inject(fault);
  }

  /** Plays a scenario from its beginning; undefined: none. Throws SCENARIO_UNKNOWN. */
  play(name: string | undefined): void {
    if (name !== undefined && !Object.hasOwn(this.#options.scenarios(), name))
      throw hubError('SCENARIO_UNKNOWN', { mirror: this.#options.name, scenario: name, suggestion: '' });
    this.#start(name);
  }

  /** Puts things into collections, by the name that the path or the description gives them; how many there were. */
  put(data: Readonly<Record<string, readonly JsonObject[]>>): number {
    return putRows(this.state, this.#living.engine.resources, data);
  }

  /** As if it had just been made: what it holds, the scenario's progress, the place in the recording. Faults stay. */
  reset(): void {
    this.state.reset();
    this.#replay.rewind();
    this.#start(this.#player?.scenario.name);
    this.#spied = createContractBook(this.reader);
    this.lastRequests.length = 0;
  }

  memory(): MirrorMemory {
    const state = this.state.snapshot();
    return {
      memory: 1,
      state: { ...state },
      faults: [...this.#faults.active],
      ...(this.#player ? { playing: this.#player.scenario.name, progress: this.#player.progress } : {}),
    };
  }

  #start(name: string | undefined, progress?: ScenarioProgress): void {
    const scenario = name === undefined ? undefined : this.#options.scenarios()[name];
    const random = createRandom(`${this.#settings.seed} ${name ?? ''}`);
    const counters = new Map<string, number>();
    const values = {
      now: () => new Date(this.#options.now()),
      uuid: () => randomUUID(),
      count: (counter: string): number => {
        const next = (counters.get(counter) ?? 0) + 1;
        counters.set(counter, next);
        return next;
      },
      random: (min: number, max: number) => random.int(min, max),
      state: () => stateValue(this.state),
    };
    this.#player = scenario && createScenarioPlayer(scenario, values, progress);
  }

  #makeService(): RealService {
    const { blueprint, env } = this.#options;
    const { target, mode, limits, credentials } = this.#settings;
    const address = createServiceAddress({ blueprint, target, env, mode });
    return createRealService({
      blueprint,
      address,
      limits,
      env: credentials === 'environment' ? env : () => undefined,
    });
  }

  #makeReplay(entries: readonly HarEntry[]): ReplayBook {
    const matching = {
      ...this.#settings.match,
      isSecret: (name: string) => this.redaction.isSecret(name),
    };
    return createReplayBook(entries, this.#service.address.bases, matching);
  }

  #assemble(): LivingMirror {
    const { basePath, record } = this.#options;
    return createLivingMirror({
      call: liveCalls(this.#settings, this.#options),
      blueprint: this.blueprint,
      settings: this.#settings,
      basePath,
      state: this.state,
      channels: this.#channels,
      reader: this.reader,
      faults: this.#faults,
      player: () => this.#player,
      replay: () => this.#replay,
      service: this.#service,
      spied: () => this.#spied,
      record,
      observe: (entry) => this.#observe(entry),
    });
  }

  #observe(entry: MirrorRequestEntry): void {
    this.#requests += 1;
    this.#options.observe?.(entry);
    this.lastRequests.push(entry);
    if (this.lastRequests.length > LAST_REQUESTS) this.lastRequests.shift();
    // Strikes and steps are counted, and the count outlives a restart.
    if (this.#player || this.#faults.active.length > 0) this.#options.changed();
  }
}
