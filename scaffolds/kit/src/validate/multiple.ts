/** Roundings that a decimal goes through on its way to a quotient: of the value, of the step, and of their division. */
const ROUNDINGS = 4;

/**
 * True for a multiple of a step, as decimals are written: 19.99 is one of 0.01, though their quotient as doubles is
 * 1998.9999999999998.
 */
export function isMultiple(value: number, step: number): boolean {
  const quotient = value / step;
  return Math.abs(quotient - Math.round(quotient)) <= ROUNDINGS * Number.EPSILON * Math.abs(quotient);
}
