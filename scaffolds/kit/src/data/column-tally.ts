import type { DataColumn, Json } from '@counterpart/schemas';
import { isNumber } from '../json-value.ts';
import { addDecimals, fromDecimal, toDecimal, type Decimal } from './decimal.ts';
import { comparerOf } from './filter.ts';

const MOST_PLACES = 2;

/** Sum, average, least and most of the values of a column in one group; decimal numbers are summed exactly. */
export class ColumnTally {
  readonly #compare: (a: Json | undefined, b: Json | undefined) => number;
  readonly #isDecimal: boolean;
  #sum = 0;
  #exact: Decimal = { units: 0n, scale: 0 };
  #count = 0;
  #least: Json | undefined;
  #most: Json | undefined;

  constructor(column: DataColumn) {
    this.#compare = comparerOf(column);
    this.#isDecimal = column.format === 'decimal';
  }

  add(value: Json): void {
    const decimal = this.#isDecimal && typeof value === 'string' ? toDecimal(value) : undefined;
    if (decimal !== undefined) {
      this.#exact = addDecimals(this.#exact, decimal);
      this.#count += 1;
    } else if (isNumber(value)) {
      this.#sum += Number(value);
      this.#count += 1;
    }
    if (this.#least === undefined || this.#compare(value, this.#least) < 0) this.#least = value;
    if (this.#most === undefined || this.#compare(value, this.#most) > 0) this.#most = value;
  }

  shown(): { [key: string]: Json } {
    return { ...this.#numbers(), min: this.#least ?? null, max: this.#most ?? null };
  }

  #numbers(): { [key: string]: Json } {
    if (this.#count === 0) return {};
    if (!this.#isDecimal) return { sum: this.#sum, avg: this.#sum / this.#count };
    const sum = fromDecimal(this.#exact);
    // An average has no exact form of its own.
    return { sum, avg: (Number(sum) / this.#count).toFixed(Math.max(MOST_PLACES, this.#exact.scale)) };
  }
}
