import { EVERYBODY, OWNER } from '../kernel/audit/principal.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Db } from '../store/store.ts';
import { written } from '../store/written.ts';

/**
 * Whose each server is. One that nothing is said of is everybody's, as all that is configured by hand; else it is seen by those
 * it names, and by the owner of the hub.
 */
export interface Bindings {
  /** Undefined: nothing is said of it. */
  of(server: string): ReadonlySet<string> | undefined;
  /** Servers that name this one. */
  naming(principal: string): string[];
  /** Servers that this principal must not see; the same object for all who see the same. */
  hiddenFrom(principal: string): ReadonlySet<string>;
  bind(server: string, principal: string): Promise<void>;
  /** One that nobody is left of is the owner's alone. */
  unbind(server: string, principal: string): Promise<void>;
  /** Somebody is gone: of what named them alone, the owner is left. */
  leave(principal: string): Promise<void>;
  /** As if nothing had ever been said of it. */
  forget(server: string): Promise<void>;
}

type Bound = ReadonlyMap<string, ReadonlySet<string>>;

interface Desk {
  readonly db: Db;
  readonly clock: Clock;
}

/** Opens the bindings of the hub's database; all of them are held in memory. */
export async function openBindings(desk: Desk): Promise<Bindings> {
  const bound = new Map<string, Set<string>>();
  for (const { server_id, principal } of await desk.db.selectFrom('server_binding').selectAll().execute())
    bound.set(server_id, (bound.get(server_id) ?? new Set()).add(principal));
  return new StoredBindings(desk, bound);
}

class StoredBindings implements Bindings {
  readonly #desk: Desk;
  #bound: Bound;
  #sights: Sights;

  constructor(desk: Desk, bound: Bound) {
    this.#desk = desk;
    this.#bound = bound;
    this.#sights = new Sights(bound);
  }

  of(server: string): ReadonlySet<string> | undefined {
    return this.#bound.get(server);
  }

  naming(principal: string): string[] {
    return [...this.#bound].flatMap(([server, all]) => (all.has(principal) ? [server] : []));
  }

  hiddenFrom(principal: string): ReadonlySet<string> {
    return this.#sights.of(principal);
  }

  async bind(server: string, principal: string): Promise<void> {
    await written(this.#add(this.#desk.db, server, principal));
    this.#hold(server, new Set([...(this.#bound.get(server) ?? []), principal]));
  }

  async unbind(server: string, principal: string): Promise<void> {
    const left = new Set(this.#bound.get(server) ?? [EVERYBODY]);
    left.delete(principal);
    if (left.size === 0) left.add(OWNER);
    await written(
      this.#desk.db.transaction().execute(async (change) => {
        await change
          .deleteFrom('server_binding')
          .where('server_id', '=', server)
          .where('principal', '=', principal)
          .execute();
        for (const one of left) await this.#add(change, server, one);
      }),
    );
    this.#hold(server, left);
  }

  async leave(principal: string): Promise<void> {
    for (const server of this.naming(principal)) await this.unbind(server, principal);
    this.#sights = new Sights(this.#bound);
  }

  async forget(server: string): Promise<void> {
    await written(this.#desk.db.deleteFrom('server_binding').where('server_id', '=', server).execute());
    this.#hold(server, new Set());
  }

  #add(to: Pick<Db, 'insertInto'>, server_id: string, principal: string) {
    const created_at = new Date(this.#desk.clock.now()).toISOString();
    return to
      .insertInto('server_binding')
      .values({ server_id, principal, created_at })
      .onConflict((same) => same.columns(['server_id', 'principal']).doNothing())
      .execute();
  }

  #hold(server: string, principals: ReadonlySet<string>): void {
    const next = new Map(this.#bound);
    if (principals.size === 0) next.delete(server);
    else next.set(server, principals);
    this.#bound = next;
    this.#sights = new Sights(next);
  }
}

/** What is hidden from whom, worked out once until a binding changes. */
class Sights {
  readonly #bound: Bound;
  readonly #byPrincipal = new Map<string, ReadonlySet<string>>();
  readonly #bySight = new Map<string, ReadonlySet<string>>();

  constructor(bound: Bound) {
    this.#bound = bound;
  }

  of(principal: string): ReadonlySet<string> {
    const known = this.#byPrincipal.get(principal);
    if (known) return known;
    const hidden = [...this.#bound].flatMap(([server, all]) =>
      all.has(principal) || all.has(EVERYBODY) ? [] : [server],
    );
    const key = hidden.toSorted().join('\n');
    const sight = this.#bySight.get(key) ?? new Set(hidden);
    this.#bySight.set(key, sight);
    this.#byPrincipal.set(principal, sight);
    return sight;
  }
}
