import type { JsonObject } from '@counterpart/schemas';
import { spelledName } from '../../../secrets/names.ts';

const INT32 = 2_147_483_647;
/** Different whole numbers, and none with a fraction, after which a place is taken to hold whole ones only. */
const ENOUGH = 8;
/** What is counted, numbered or measured in whole units, by the last words of its name. */
const WHOLE =
  /(?:^|_)(?:\w*ids?|counts?|num|number|no|nr|nbr|index|idx|positions?|rank|page|pages|per_page|page_?(?:size|number|no|index)|pagesize|pageno|limit|max_results|offset|skip|take|top|first|last|start_(?:index|at)|years?|months?|weekday|minutes?|seconds?|versions?|revisions?|seq|sequence|ordinal|order|port|status|code|timestamp|ts|epoch|ms|millis|bytes|priority|retries|attempts?|quantity|qty|total_(?:count|pages|items|results|elements|records|hits)|followers|following|likes|views|comments|stars|forks|items|results|items_?count|age)$/;
/** Words that end as ids do. */
const NO_ID =
  /(?:^|_)(?:paid|bid|grid|void|valid|hybrid|avoid|solid|mid|prepaid|fluid|rapid|acid|kid|lid|rid)s?$/;
const COUNTED = /^(?:num|count|nb|number)_/;

/** True where a number of this name can have no fraction. */
export function isCountOrId(name: string): boolean {
  const spelled = spelledName(name);
  return COUNTED.test(spelled) || (WHOLE.test(spelled) && !NO_ID.test(spelled));
}

/** Every number met in one place, in bounded memory. */
export class Numbers {
  #count = 0;
  #fractions = 0;
  #largest = 0;
  readonly #different = new Set<number>();

  /** How many were met. */
  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.#count += 1;
    if (!Number.isInteger(value)) this.#fractions += 1;
    this.#largest = Math.max(this.#largest, Math.abs(value));
    if (this.#different.size < ENOUGH) this.#different.add(value);
  }

  /** Takes in what others met. */
  merge(other: Numbers): void {
    this.#count += other.#count;
    this.#fractions += other.#fractions;
    this.#largest = Math.max(this.#largest, other.#largest);
    for (const value of other.#different) if (this.#different.size < ENOUGH) this.#different.add(value);
  }

  /** A price of 10 that was met once may be 9.99 tomorrow: whole numbers need a name that says so, or many of them. */
  schema(name: string): JsonObject {
    if (this.#fractions > 0) return { type: 'number' };
    if (this.#largest > INT32) return { type: 'integer', format: 'int64' };
    return { type: this.#different.size >= ENOUGH || isCountOrId(name) ? 'integer' : 'number' };
  }
}
