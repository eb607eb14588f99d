import type { ListsChange } from '../../kernel/ports.ts';
import { changeOf } from './difference.ts';
import type { Merged } from '../merge.ts';
import { Shelf, type Stock } from './shelf.ts';

/** What people do not see. */
export interface PeopleSight {
  /** Servers that are hidden from one, the same object for all who see the same; undefined: for nobody that is known. */
  hiddenFrom(person: string): ReadonlySet<string> | undefined;
  /** Whether a server is for the owner alone, whatever else is said. */
  isOwners(server: string): boolean;
}

/** The views of people: one shelf for all who see the same, made when one of them looks, gone with the next change. */
export class PeopleShelves {
  readonly #stock: () => Stock;
  readonly #sight: PeopleSight;
  readonly #byPerson = new Map<string, Shelf>();
  readonly #bySight = new Map<ReadonlySet<string>, Shelf>();
  /** What was shown to those who looked. */
  readonly #told = new Map<string, Merged>();

  constructor(stock: () => Stock, sight: PeopleSight) {
    this.#stock = stock;
    this.#sight = sight;
  }

  /** Undefined for nobody that is known. */
  of(person: string): Shelf | undefined {
    const known = this.#byPerson.get(person);
    if (known) return known;
    const hidden = this.#sight.hiddenFrom(person);
    if (hidden === undefined) return undefined;
    const shelf =
      this.#bySight.get(hidden) ??
      new Shelf(this.#stock, (server) => !hidden.has(server) && !this.#sight.isOwners(server));
    this.#bySight.set(hidden, shelf);
    this.#byPerson.set(person, shelf);
    if (!this.#told.has(person)) this.#told.set(person, shelf.merged);
    return shelf;
  }

  outdate(): void {
    this.#byPerson.clear();
    this.#bySight.clear();
  }

  dropProfile(name: string): void {
    for (const shelf of this.#bySight.values()) shelf.dropProfile(name);
  }

  /** What is different for whom since it was asked last; who is gone is forgotten. */
  changed(profiles: boolean): ReadonlyMap<string, ListsChange> {
    const changes = new Map<string, ListsChange>();
    for (const [person, before] of this.#told) {
      const shelf = this.of(person);
      if (!shelf) {
        this.#told.delete(person);
        continue;
      }
      const change = changeOf(before, shelf.merged, profiles);
      this.#told.set(person, shelf.merged);
      if (change.tools || change.prompts || change.resources) changes.set(person, change);
    }
    return changes;
  }
}
