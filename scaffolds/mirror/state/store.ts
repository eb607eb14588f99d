import { canonicalJson, hubError, type JsonObject } from '@counterpart/schemas';
import type { MirrorState, RowDraft, RowKey, StateChange, StateLimits } from './mirror-state.ts';
import type { Scope, StateSnapshot, StoredRow } from './snapshot.ts';

interface Collection {
  /** By identifier: rows of different scopes may share one. Insertion order is the order of making. */
  readonly rows: Map<string, StoredRow>;
  readonly byId: Map<string, Set<string>>;
  /** Scopes of removed rows, by identifier. */
  readonly removed: Map<string, readonly Scope[]>;
  readonly seeded: Set<string>;
  issued: number;
}

const MAX_ROWS = 50_000;
const MAX_CHARACTERS = 64 * 1024 * 1024;
/** Identifiers of removed rows remembered a collection; past them the oldest are forgotten. */
const MAX_REMOVED = 10_000;
const EPOCH_MS = Date.UTC(2026, 0, 1);
const NOWHERE: Scope = {};

const keyOf = (id: string, scope: Scope): string => `${id} ${canonicalJson(scope)}`;

/** Two scopes fit when they agree wherever both know a place. */
function scopesFit(a: Scope, b: Scope): boolean {
  if (a === b || a === NOWHERE || b === NOWHERE) return true;
  // Asked of every row of a list: nothing is made on the way.
  for (const place in a) if (Object.hasOwn(b, place) && a[place] !== b[place]) return false;
  return true;
}

function emptyCollection(): Collection {
  return { rows: new Map(), byId: new Map(), removed: new Map(), seeded: new Set(), issued: 0 };
}

function snapshotOf({ rows, removed, seeded, issued }: Collection): StateSnapshot['collections'][string] {
  return {
    rows: [...rows.values()],
    removed: [...removed].flatMap(([id, scopes]) => scopes.map((scope) => ({ id, scope }))),
    seeded: [...seeded],
    issued,
  };
}

class InMemoryState implements MirrorState {
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<(change: StateChange) => void>();
  readonly #maxRows: number;
  readonly #maxCharacters: number;
  readonly #sizes = new Map<StoredRow, number>();
  #characters = 0;
  #clockMs = EPOCH_MS;

  constructor({ maxRows = MAX_ROWS, maxCharacters = MAX_CHARACTERS }: StateLimits) {
    this.#maxRows = maxRows;
    this.#maxCharacters = maxCharacters;
  }

  collections(): readonly string[] {
    return [...this.#collections].filter(([, { rows }]) => rows.size > 0).map(([name]) => name);
  }

  create(collection: string, draft: RowDraft): StoredRow {
    const { id, scope = NOWHERE, value, origin = 'created' } = draft;
    const known = this.#exact(collection, id, scope);
    const now = origin === 'seed' ? this.#clockMs : this.#tick();
    const row: StoredRow = { id, scope, value, origin, version: 1, createdAtMs: now, updatedAtMs: now };
    this.#put(collection, row, known);
    if (origin === 'created') this.#tell({ kind: 'created', collection, row });
    return row;
  }

  get(collection: string, key: RowKey): StoredRow | undefined {
    const rows = this.#collections.get(collection);
    const keys = [...(rows?.byId.get(key.id) ?? [])].toReversed();
    for (const exact of keys) {
      const row = rows?.rows.get(exact);
      if (row && scopesFit(row.scope, key.scope ?? NOWHERE)) return row;
    }
    return undefined;
  }

  list(collection: string, scope: Scope = NOWHERE): readonly StoredRow[] {
    const rows = [...(this.#collections.get(collection)?.rows.values() ?? [])];
    return scope === NOWHERE ? rows : rows.filter((row) => scopesFit(row.scope, scope));
  }

  update(collection: string, key: RowKey, value: JsonObject): StoredRow | undefined {
    const known = this.get(collection, key);
    if (!known) return undefined;
    const row: StoredRow = {
      ...known,
      value,
      origin: 'created',
      version: known.version + 1,
      updatedAtMs: this.#tick(),
    };
    this.#put(collection, row, known);
    this.#tell({ kind: 'updated', collection, row });
    return row;
  }

  remove(collection: string, key: RowKey, alsoCalled: readonly string[] = []): StoredRow | undefined {
    const row = this.get(collection, key);
    const rows = this.#collections.get(collection);
    if (!row || !rows) return undefined;
    this.#tick();
    this.#drop(rows, row);
    for (const id of new Set([row.id, ...alsoCalled]))
      rows.removed.set(id, [...(rows.removed.get(id) ?? []), row.scope]);
    for (const oldest of rows.removed.keys()) {
      if (rows.removed.size <= MAX_REMOVED) break;
      rows.removed.delete(oldest);
    }
    this.#tell({ kind: 'removed', collection, row });
    return row;
  }

  isRemoved(collection: string, { id, scope = NOWHERE }: RowKey): boolean {
    const removed = this.#collections.get(collection)?.removed.get(id) ?? [];
    return removed.some((one) => scopesFit(one, scope));
  }

  claimSeeding(collection: string, scope: Scope = NOWHERE): boolean {
    const { seeded } = this.#at(collection);
    const place = canonicalJson(scope);
    if (seeded.has(place)) return false;
    seeded.add(place);
    return true;
  }

  nextNumber(collection: string): number {
    const rows = this.#at(collection);
    rows.issued += 1;
    return rows.issued;
  }

  nowMs(): number {
    return this.#clockMs;
  }

  snapshot(): StateSnapshot {
    const collections = Object.fromEntries(
      [...this.#collections].map(([name, collection]) => [name, snapshotOf(collection)]),
    );
    return { state: 1, clockMs: this.#clockMs, collections };
  }

  restore(snapshot: StateSnapshot): void {
    this.#forget();
    this.#clockMs = snapshot.clockMs;
    for (const [name, { rows, removed, seeded, issued }] of Object.entries(snapshot.collections)) {
      const collection = this.#at(name);
      collection.issued = issued;
      for (const { id, scope } of removed)
        collection.removed.set(id, [...(collection.removed.get(id) ?? []), scope]);
      for (const place of seeded) collection.seeded.add(place);
      for (const row of rows) this.#keep(collection, row);
    }
    this.#tell({ kind: 'restored' });
  }

  reset(): void {
    this.#forget();
    this.#tell({ kind: 'reset' });
  }

  onChange(listener: (change: StateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #forget(): void {
    this.#collections.clear();
    this.#sizes.clear();
    this.#characters = 0;
    this.#clockMs = EPOCH_MS;
  }

  #tick(): number {
    this.#clockMs += 1_000;
    return this.#clockMs;
  }

  #tell(change: StateChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #at(name: string): Collection {
    const known = this.#collections.get(name) ?? emptyCollection();
    this.#collections.set(name, known);
    return known;
  }

  #exact(collection: string, id: string, scope: Scope): StoredRow | undefined {
    return this.#collections.get(collection)?.rows.get(keyOf(id, scope));
  }

  /** Makes room first: a state that is full refuses before anything has changed. */
  #put(name: string, row: StoredRow, replaced: StoredRow | undefined): void {
    const size = JSON.stringify(row.value).length;
    this.#makeRoom(size - (replaced ? (this.#sizes.get(replaced) ?? 0) : 0), replaced);
    const collection = this.#at(name);
    const gone = collection.removed.get(row.id)?.filter((scope) => !scopesFit(scope, row.scope)) ?? [];
    if (gone.length > 0) collection.removed.set(row.id, gone);
    else collection.removed.delete(row.id);
    if (replaced) this.#unsize(replaced);
    this.#keep(collection, row, size);
  }

  #keep(collection: Collection, row: StoredRow, size = JSON.stringify(row.value).length): void {
    const key = keyOf(row.id, row.scope);
    collection.rows.set(key, row);
    const keys = collection.byId.get(row.id) ?? new Set();
    collection.byId.set(row.id, keys.add(key));
    this.#sizes.set(row, size);
    this.#characters += size;
  }

  #unsize(row: StoredRow): void {
    this.#characters -= this.#sizes.get(row) ?? 0;
    this.#sizes.delete(row);
  }

  #drop(collection: Collection, row: StoredRow): void {
    const key = keyOf(row.id, row.scope);
    collection.rows.delete(key);
    const keys = collection.byId.get(row.id);
    keys?.delete(key);
    if (keys?.size === 0) collection.byId.delete(row.id);
    this.#unsize(row);
  }

  #makeRoom(characters: number, replaced: StoredRow | undefined): void {
    const isFull = (): boolean =>
      this.#sizes.size + (replaced ? 0 : 1) > this.#maxRows ||
      this.#characters + characters > this.#maxCharacters;
    if (!isFull()) return;
    for (const collection of this.#collections.values()) {
      for (const row of collection.rows.values()) {
        if (!isFull()) return;
        if (row.origin === 'seed' && row !== replaced) this.#drop(collection, row);
      }
    }
    if (isFull()) throw hubError('STATE_FULL', { rows: this.#sizes.size, maxRows: this.#maxRows });
  }
}

/** An empty state, ready to be handed to a mirror. */
export function createState(limits: StateLimits = {}): MirrorState {
  return new InMemoryState(limits);
}
