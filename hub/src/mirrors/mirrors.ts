import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import {
  type DeletedMirror,
  hubError,
  type MirrorChange,
  MirrorSettings,
  type MirrorSummary,
  type StartMirrorRequest,
  toCounterpartError,
} from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import { didYouMean } from '../kernel/nearest.ts';
import type { CatalogSource } from '../kernel/ports.ts';
import type { Db } from '../store/store.ts';
import type { MirrorControl } from './control.ts';
import type { LiveDoor } from './live-door.ts';
import type { MirrorFolder } from './folder.ts';
import { createMirrorRecords, type MirrorRecord, type MirrorRecords } from './records.ts';
import type { RunningMirror } from './running.ts';
import { controlServerId, describeMirror } from './summary.ts';
import { blankFor, changedSettings, nameOf, wantedRecord } from './wanted.ts';

export interface MirrorsOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Folder in which every mirror has its own. */
  readonly directory: string;
  /** Folder of a built server; undefined for any other. */
  readonly directoryOf: (server: string) => string | undefined;
  /** Ids of built servers, for suggestions. */
  readonly serverIds: () => readonly string[];
  readonly env: () => Readonly<Record<string, string | undefined>>;
  /** For mirrors that tools of this hub answer. */
  readonly live: LiveDoor;
  readonly clean: (text: string) => string;
  readonly version: string;
  /** Of the hub; undefined for one that ends with the command that started it. */
  readonly url: () => string | undefined;
  /** Other control tools are offered than before. */
  readonly toolsChanged: () => void;
}

/** The simulated services of this hub: those that somebody started, and one of every built server on its first request. */
export interface Mirrors {
  /** Answers a request whose path is `/mirror/<name>/…`. */
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
  /**
   * Starts what ran when the hub ended; without `listening` no port is taken. Never rejects: what does not start says so
   * in the list.
   */
  restore(options: { readonly listening: boolean }): Promise<void>;
  list(): Promise<MirrorSummary[]>;
  /** Makes and starts one, or goes on with one that is known. */
  start(request: StartMirrorRequest): Promise<MirrorSummary>;
  /** Changes settings of one that runs. */
  change(name: string, change: MirrorChange): Promise<MirrorSummary>;
  /** Stops one; what it holds stays. */
  stop(name: string): Promise<MirrorSummary>;
  /** Ends one and removes what is kept of it. The mirror of a built server begins anew with its next request. */
  remove(name: string): Promise<DeletedMirror>;
  /** Rejects with MIRROR_UNKNOWN or MIRROR_STOPPED. */
  control(name: string): Promise<MirrorControl>;
  /** Servers that offer control tools. */
  readonly sources: readonly CatalogSource[];
  /** Whether this server is one of `sources`. */
  offers(server: string): boolean;
  /** Ends all; what they hold is written. */
  close(): Promise<void>;
}

/** Blueprints are megabytes and mirrors compile validators: only so many that nobody started are kept warm. */
const MAX_WARM = 32;

interface Serving {
  /** Of the blueprint's file; another one means another blueprint. */
  readonly stamp: string;
  readonly mirror: RunningMirror;
}

/** Opens the mirrors of a hub; those that ran are started by `restore`. */
export async function createMirrors(options: MirrorsOptions): Promise<Mirrors> {
  const records = createMirrorRecords(options);
  return new HubMirrors(options, records, await records.load());
}

class HubMirrors implements Mirrors {
  readonly #options: MirrorsOptions;
  readonly #records: MirrorRecords;
  readonly #known: Map<string, MirrorRecord>;
  readonly #serving = new Map<string, Promise<Serving>>();
  /** Why a mirror that should run does not. */
  readonly #problems = new Map<string, string>();
  readonly #sources = new Map<string, CatalogSource>();
  #queue: Promise<unknown> = Promise.resolve();
  #listener: Mirrors['handle'] | undefined;

  constructor(options: MirrorsOptions, records: MirrorRecords, known: readonly MirrorRecord[]) {
    this.#options = options;
    this.#records = records;
    this.#known = new Map(known.map((record) => [record.name, record]));
  }

  readonly handle: Mirrors['handle'] = (incoming, outgoing) => {
    if (this.#listener) return this.#listener(incoming, outgoing);
    // The engine is loaded with the first mirror: most hubs only relay.
    void import('@counterpart/scaffolds/mirror/modes/listener').then(({ toListener, problemResponse }) => {
      this.#listener ??= toListener(async (request, drop) => {
        try {
          const name = new URL(request.url).pathname.split('/')[2] ?? '';
          const { mirror } = await this.#mirrorOf(name);
          return await mirror.answer(request, drop);
        } catch (thrown) {
          return problemResponse(toCounterpartError(thrown));
        }
      });
      this.#listener(incoming, outgoing);
    });
  };

  async restore({ listening }: { readonly listening: boolean }): Promise<void> {
    const wanted = [...this.#known.values()].filter((record) => record.wanted);
    for (const record of listening ? wanted : []) {
      try {
        await this.#bringUp(record);
      } catch (cause) {
        const problem = toCounterpartError(cause).message;
        this.#problems.set(record.name, problem);
        this.#options.log.warn({ mirror: record.name, problem }, 'a mirror did not start as it should');
      }
    }
    if (wanted.some(({ tools }) => tools)) await this.#offer();
  }

  list(): Promise<MirrorSummary[]> {
    const names = new Set([...this.#known.keys(), ...this.#serving.keys()]);
    return Promise.all([...names].sort().map((name) => this.#summary(name)));
  }

  start(request: StartMirrorRequest): Promise<MirrorSummary> {
    return this.#inTurn(() => this.#start(request));
  }

  change(name: string, change: MirrorChange): Promise<MirrorSummary> {
    return this.#inTurn(async () => {
      const record = this.#recordOf(name);
      if (!record.wanted) throw hubError('MIRROR_STOPPED', { mirror: name });
      await this.#reconfigure({ ...record, settings: changedSettings(record.settings, change) });
      return this.#summary(name);
    });
  }

  stop(name: string): Promise<MirrorSummary> {
    return this.#inTurn(async () => {
      const record = this.#recordOf(name);
      await this.#save({ ...record, wanted: false });
      await this.#takeDown(name);
      this.#problems.delete(name);
      await this.#offer();
      return this.#summary(name);
    });
  }

  remove(name: string): Promise<DeletedMirror> {
    return this.#inTurn(async () => {
      this.#recordOf(name);
      const directory = join(this.#options.directory, name);
      await this.#records.remove(name);
      this.#known.delete(name);
      this.#problems.delete(name);
      await this.#takeDown(name);
      await rm(directory, { recursive: true, force: true });
      await this.#offer();
      return { name, directory };
    });
  }

  async control(name: string): Promise<MirrorControl> {
    const { mirror } = await this.#mirrorOf(name);
    const { createControl } = await import('./control.ts');
    return createControl({
      mirror,
      summary: () => this.#summary(name),
      reseed: async (seed) => void (await this.change(name, { seed })),
      clean: this.#options.clean,
      version: this.#options.version,
    });
  }

  get sources(): readonly CatalogSource[] {
    return [...this.#sources.values()];
  }

  offers(server: string): boolean {
    return this.#sources.has(server);
  }

  async close(): Promise<void> {
    await this.#queue;
    await Promise.allSettled([...this.#serving.keys()].map((name) => this.#takeDown(name)));
  }

  /** Changes are made one after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #start(request: StartMirrorRequest): Promise<MirrorSummary> {
    const before = this.#known.get(nameOf(request));
    const record = wantedRecord(request, before, {
      isBuilt: (server) => this.#options.directoryOf(server) !== undefined,
      isKept: (mirror) => existsSync(join(this.#options.directory, mirror, 'blueprint.json')),
    });
    if ('unknown' in record) throw this.#unknown(record.unknown);
    const { name } = record;
    const folder = await this.#folderOf(name);
    const blueprint =
      request.blueprint ?? (record.server === undefined ? blankFor(request, before) : undefined);
    if (blueprint) folder.saveBlueprint(blueprint);
    this.#blueprintFile(record); // throws before anything is promised
    await this.#save(record);
    try {
      if (this.#serving.has(name) && !blueprint) await this.#reconfigure(record);
      else await this.#takeDown(name);
      await this.#bringUp(record);
    } catch (cause) {
      await this.#save(before ? { ...before, wanted: false } : { ...record, wanted: false });
      await this.#takeDown(name);
      throw cause;
    }
    await this.#offer();
    return this.#summary(name);
  }

  async #folderOf(name: string): Promise<MirrorFolder> {
    const { openMirrorFolder } = await import('./folder.ts');
    return openMirrorFolder(join(this.#options.directory, name));
  }

  #unknown(name: string): Error {
    const names = [...this.#known.keys(), ...this.#options.serverIds()];
    return hubError('MIRROR_UNKNOWN', { mirror: name, suggestion: didYouMean(name, names) });
  }

  /** What is kept of a mirror, or what a built server's mirror is without anybody's word. */
  #recordOf(name: string): MirrorRecord {
    const known = this.#known.get(name);
    if (known) return known;
    if (this.#options.directoryOf(name) === undefined) throw this.#unknown(name);
    const settings = MirrorSettings.parse({});
    return { name, server: name, settings, port: undefined, wanted: true, tools: false };
  }

  async #save(record: MirrorRecord): Promise<void> {
    await this.#records.save(record);
    this.#known.set(record.name, record);
  }

  async #reconfigure(record: MirrorRecord): Promise<void> {
    await this.#save(record);
    const { mirror } = await this.#mirrorOf(record.name);
    await mirror.configure(record);
  }

  /** Makes it answer, also at its own port; a port that was free once is kept for the next start. */
  async #bringUp(record: MirrorRecord): Promise<void> {
    const { mirror } = await this.#mirrorOf(record.name);
    this.#problems.delete(record.name);
    if (record.port === undefined || record.port === mirror.ownPort) return;
    const port = await mirror.listen(record.port);
    if (port !== record.port) await this.#reconfigure({ ...record, port });
  }

  async #takeDown(name: string): Promise<void> {
    const serving = this.#serving.get(name);
    this.#serving.delete(name);
    const found = await serving?.catch(() => undefined);
    await found?.mirror.close();
  }

  async #mirrorOf(name: string): Promise<Serving> {
    const record = this.#recordOf(name);
    if (!record.wanted) throw hubError('MIRROR_STOPPED', { mirror: name });
    const file = this.#blueprintFile(record);
    const stamp = `${file} ${statSync(file).mtimeMs}`;
    const known = this.#serving.get(name);
    const current = await known;
    if (current?.stamp === stamp && this.#serving.get(name) === known) return current;
    // Another request may have begun to open it anew meanwhile.
    const begun = this.#serving.get(name);
    if (begun && begun !== known) return begun;
    return this.#open(record, { file, stamp, old: current });
  }

  #open(
    record: MirrorRecord,
    { file, stamp, old }: { file: string; stamp: string; old: Serving | undefined },
  ): Promise<Serving> {
    const { clock, log, clean, version, env, live } = this.#options;
    const opening = (async (): Promise<Serving> => {
      const port = old?.mirror.ownPort;
      await old?.mirror.close();
      const { RunningMirror: Running } = await import('./running.ts');
      const { readBlueprint } = await import('./folder.ts');
      const mirror = await Running.open({
        record,
        blueprint: readBlueprint(file),
        folder: await this.#folderOf(record.name),
        clock,
        log,
        env: (name) => env()[name],
        live,
        clean,
        version,
      });
      if (port !== undefined) await mirror.listen(port);
      return { stamp, mirror };
    })();
    this.#serving.set(record.name, opening);
    opening.catch(() => {
      if (this.#serving.get(record.name) === opening) this.#serving.delete(record.name);
    });
    this.#cool();
    return opening;
  }

  /** Mirrors that nobody started leave memory when there are too many; what they hold is kept. */
  #cool(): void {
    const idle = [...this.#serving.keys()].filter((name) => !this.#known.has(name));
    for (const name of idle.slice(0, Math.max(0, idle.length - MAX_WARM))) void this.#takeDown(name);
  }

  #blueprintFile({ name, server }: MirrorRecord): string {
    if (server === undefined) return join(this.#options.directory, name, 'blueprint.json');
    const directory = this.#options.directoryOf(server);
    if (directory === undefined) throw this.#unknown(server);
    const file = join(directory, 'blueprint.json');
    if (!existsSync(file)) throw hubError('MIRROR_IMPOSSIBLE', { server });
    return file;
  }

  async #offer(): Promise<void> {
    const offered = [...this.#known.values()].filter(({ wanted, tools }) => wanted && tools);
    if (offered.length === 0 && this.#sources.size === 0) return;
    const { controlSource } = await import('./tool-upstream.ts');
    const ids = new Set(offered.map(({ name }) => controlServerId(name)));
    for (const id of this.#sources.keys()) if (!ids.has(id)) this.#sources.delete(id);
    for (const { name } of offered) {
      const id = controlServerId(name);
      if (!this.#sources.has(id))
        this.#sources.set(
          id,
          controlSource(name, () => this.control(name)),
        );
    }
    this.#options.toolsChanged();
  }

  async #summary(name: string): Promise<MirrorSummary> {
    const record = this.#recordOf(name);
    const url = this.#options.url();
    const serving = await this.#serving.get(name)?.catch(() => undefined);
    return describeMirror({
      record,
      mirror: serving?.mirror,
      folder: await this.#folderOf(name),
      problem: this.#problems.get(name),
      url: url === undefined ? undefined : `${url}/mirror/${name}`,
    });
  }
}
