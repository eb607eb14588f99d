import { isDeepStrictEqual } from 'node:util';
import type { Behaviour, Place, ServerKind } from './behaviour.ts';
import { cellName, type Cell } from './cells.ts';
import type { Members } from './client/message.ts';
import { ProbeClient } from './client/probe-client.ts';
import { direct } from './direct.ts';
import { listAll } from './seen.ts';
import type { Subject } from './subject.ts';

export type Outcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly why: string }
  | { readonly kind: 'absent'; readonly why: string };

const LONGEST_WORDS = 700;
/** The server itself always answers: nobody's patience with a subject is too short for it. */
const DIRECT_MS = 10_000;
const OUT_OF_TIME = 'not looked at: the time for this subject was over';

/** A client that is kept for all probes of a cell, and the names it was offered. */
interface Seat {
  readonly client: ProbeClient;
  readonly names: readonly string[];
}

/** How long a subject is waited for. */
export interface Patience {
  /** Each answer. */
  readonly limitMs: number;
  /** One probe of a behaviour, however many answers it waits for; default: no limit of its own. */
  readonly probeMs?: number | undefined;
  /** All probes together: what is left then is not looked at. Default: no limit. */
  readonly totalMs?: number | undefined;
}

/** Runs behaviours against a subject; what the server itself shows is looked at once and kept. */
export class Prober {
  readonly #subject: Subject;
  readonly #patience: Patience;
  readonly #began = performance.now();
  readonly #seats = new Map<string, Promise<Seat>>();
  readonly #shown = new Map<string, Promise<unknown>>();
  #runs = 0;

  constructor(subject: Subject, patience: Patience) {
    this.#subject = subject;
    this.#patience = patience;
  }

  /** Why a behaviour cannot be looked at in a cell; undefined when it can. */
  absent(behaviour: Behaviour, cell: Cell): string | undefined {
    const door = this.#subject.door(cell, behaviour.kind ?? 'full');
    return behaviour.absent?.(cell) ?? (typeof door === 'string' ? door : undefined);
  }

  async probe(behaviour: Behaviour, cell: Cell, limitMs = this.#patience.limitMs): Promise<Outcome> {
    const { probeMs, totalMs = Infinity } = this.#patience;
    const why = this.absent(behaviour, cell) ?? (this.#tookMs > totalMs ? OUT_OF_TIME : undefined);
    if (why !== undefined) return { kind: 'absent', why };
    try {
      const wanted =
        'expected' in behaviour ? behaviour.expected : await this.#shownDirectly(behaviour, cell);
      const seen = await within(this.#look(this.#subject, behaviour, cell, limitMs), probeMs);
      if (isDeepStrictEqual(seen, wanted)) return { kind: 'pass' };
      return { kind: 'fail', why: difference(wanted, seen) };
    } catch (thrown) {
      return { kind: 'fail', why: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }

  get #tookMs(): number {
    return performance.now() - this.#began;
  }

  async close(): Promise<void> {
    const seats = await Promise.allSettled(this.#seats.values());
    const taken = seats.flatMap((seat) => (seat.status === 'fulfilled' ? [seat.value.client] : []));
    await Promise.all(taken.map((client) => client.close()));
  }

  /** What the server itself shows to a client of its own era, whichever transport the cell has. */
  #shownDirectly(behaviour: Behaviour, { server }: Cell): Promise<unknown> {
    const key = `${behaviour.id} ${server}`;
    const cell: Cell = { client: server, server, transport: 'stdio', upstream: 'stdio' };
    const shown = this.#shown.get(key) ?? this.#look(direct, behaviour, cell, DIRECT_MS);
    this.#shown.set(key, shown);
    return shown.catch((thrown: unknown) => {
      throw new Error(`the server itself does not show it: ${String(thrown)}`);
    });
  }

  async #look(subject: Subject, behaviour: Behaviour, cell: Cell, limitMs: number): Promise<unknown> {
    const kind = behaviour.kind ?? 'full';
    const seat = await this.#seat(subject, cell, kind, limitMs);
    const extra: ProbeClient[] = [];
    const door = subject.door(cell, kind);
    const place: Place = {
      cell,
      key: `k${++this.#runs}`,
      client: seat.client,
      hub: subject.hub,
      url: typeof door !== 'string' && door.kind === 'http' ? door.url : undefined,
      name: (own) => seat.names.find((name) => ownName(name) === own) ?? own,
      own: ownName,
      open: async (options = {}) => {
        const client = await connect(subject, cell, options.kind ?? kind, { ...options, limitMs });
        extra.push(client);
        return client;
      },
    };
    try {
      return await behaviour.run(place);
    } finally {
      seat.client.answerer = undefined;
      await Promise.all(extra.map((client) => client.close()));
    }
  }

  #seat(subject: Subject, cell: Cell, kind: ServerKind, limitMs: number): Promise<Seat> {
    const key = `${subject.name} ${cellName(cell)} ${kind}`;
    const seat = this.#seats.get(key) ?? take(subject, cell, kind, limitMs);
    this.#seats.set(key, seat);
    return seat;
  }
}

async function take(subject: Subject, cell: Cell, kind: ServerKind, limitMs: number): Promise<Seat> {
  const client = await connect(subject, cell, kind, { limitMs });
  const { result, error, status } = client.hello;
  // Whatever is asked of a connection that was not made fails in the same way: it is said once.
  if (!result) throw new Error(`it is not greeted: ${error?.message ?? `HTTP ${status}`}`);
  const names = await namesOf(client).catch(() => []);
  return { client, names };
}

async function namesOf(client: ProbeClient): Promise<string[]> {
  const tools = await listAll(client, 'tools/list', 'tools');
  const prompts = await listAll(client, 'prompts/list', 'prompts').catch(() => []);
  return [...tools, ...prompts].map(({ name }) => String(name));
}

function connect(
  subject: Subject,
  cell: Cell,
  kind: ServerKind,
  { capabilities, limitMs }: { readonly capabilities?: Members; readonly limitMs: number },
): Promise<ProbeClient> {
  const door = subject.door(cell, kind);
  if (typeof door === 'string') throw new Error(door);
  return ProbeClient.open({ era: cell.client, door, capabilities, limitMs });
}

/** Hubs put the server's id before a name, each with its own mark between. */
const ownName = (name: string): string =>
  /^(?:behind|(?:modern|legacy)-(?:stdio|http)-[a-z]+?)(?:__|_1mcp_|::|[-_.:/])(.+)$/.exec(name)?.[1] ?? name;

function within<T>(work: Promise<T>, limitMs: number | undefined): Promise<T> {
  if (limitMs === undefined) return work;
  work.catch(() => undefined); // it may fail when nobody looks at it any more
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no end in ${limitMs} ms`)), limitMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

function difference(wanted: unknown, seen: unknown): string {
  const [left, right] = [wanted, seen].map((value) => JSON.stringify(value) ?? 'nothing');
  let at = 0;
  while (at < (left?.length ?? 0) && left?.[at] === right?.[at]) at++;
  const from = Math.max(0, at - 40);
  const part = (text = ''): string => `${from > 0 ? '…' : ''}${text.slice(from, from + LONGEST_WORDS / 2)}`;
  return `wanted ${part(left)}, saw ${part(right)}`;
}
