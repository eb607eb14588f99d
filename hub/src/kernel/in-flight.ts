import type { RpcId } from './ports.ts';

interface Entry<T> {
  readonly id: RpcId;
  /** Counts what came before it. */
  readonly turn: number;
  value: T;
  next: Entry<T> | undefined;
}

/** A power of two: few things are in flight at once, and most have a chain to themselves. */
const CHAINS = 32;

/**
 * What comes and goes with every call, by a number or by the JSON text of an id: a hash table that never grows nor moves. Not a
 * Map: that moves to a new table whenever it has seen as many deletions as it holds, and the table it leaves goes on pointing to
 * the next. Once one of them is old, V8 keeps every later one, and each call that stood in it with all that belongs to the call,
 * until it collects the old generation: half of what the hub allocated under load. Not a plain object: adding and deleting its
 * members leaves compiled code, and took a tenth of a call.
 */
export class InFlight<T> {
  readonly #chains: (Entry<T> | undefined)[] = Array.from({ length: CHAINS }, () => undefined);
  #size = 0;
  #turns = 0;

  get size(): number {
    return this.#size;
  }

  has(id: RpcId): boolean {
    return this.#find(id) !== undefined;
  }

  get(id: RpcId): T | undefined {
    return this.#find(id)?.value;
  }

  set(id: RpcId, value: T): void {
    const known = this.#find(id);
    if (known) {
      known.value = value;
      return;
    }
    const chain = chainOf(id);
    this.#chains[chain] = { id, turn: this.#turns++, value, next: this.#chains[chain] };
    this.#size += 1;
  }

  delete(id: RpcId): boolean {
    const chain = chainOf(id);
    let before: Entry<T> | undefined;
    for (let entry = this.#chains[chain]; entry; entry = entry.next) {
      if (entry.id === id) {
        if (before) before.next = entry.next;
        else this.#chains[chain] = entry.next;
        this.#size -= 1;
        return true;
      }
      before = entry;
    }
    return false;
  }

  /** As it is now, in the order in which it came. */
  values(): T[] {
    const entries: Entry<T>[] = [];
    for (let entry of this.#chains) for (; entry; entry = entry.next) entries.push(entry);
    return entries.toSorted((a, b) => a.turn - b.turn).map(({ value }) => value);
  }

  #find(id: RpcId): Entry<T> | undefined {
    let entry = this.#chains[chainOf(id)];
    while (entry && entry.id !== id) entry = entry.next;
    return entry;
  }
}

/** Ids mostly differ at their end, behind which a text has a quote. */
function chainOf(id: RpcId): number {
  if (typeof id === 'number') return id & (CHAINS - 1);
  let mixed = 0;
  for (let at = Math.max(0, id.length - 3); at < id.length; at++) mixed = mixed * 7 + id.charCodeAt(at);
  return mixed & (CHAINS - 1);
}
