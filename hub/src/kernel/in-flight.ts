import type { RpcId } from './ports.ts';

/**
 * What comes and goes with every call, by a number or by the JSON text of an id. Not a Map: that moves to a new table whenever
 * it has seen as many deletions as it holds, and the table it leaves goes on pointing to the next. Once one of them is old, V8
 * keeps every later one, and each call that stood in it with all that belongs to the call, until it collects the old generation:
 * half of what the hub allocated under load.
 */
export class InFlight<T> {
  /** Neither numbers nor JSON texts are names of what every object inherits. */
  readonly #byId: Record<RpcId, T> = {};
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(id: RpcId): boolean {
    return this.#byId[id] !== undefined;
  }

  get(id: RpcId): T | undefined {
    return this.#byId[id];
  }

  set(id: RpcId, value: T): void {
    if (!this.has(id)) this.#size += 1;
    this.#byId[id] = value;
  }

  delete(id: RpcId): boolean {
    if (!this.has(id)) return false;
    this.#size -= 1;
    return Reflect.deleteProperty(this.#byId, id);
  }

  /** As it is now; numbers in their order. */
  values(): T[] {
    return Object.values(this.#byId);
  }
}
