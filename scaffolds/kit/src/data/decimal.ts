/** A decimal number of any length, exactly: `units` of one `scale`-th power of ten. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** No amount has more digits; longer ones are text. */
const MOST_DIGITS = 60;

/** Reads `-12.50`; undefined for what is no decimal number. */
export function toDecimal(text: string): Decimal | undefined {
  const found = /^([+-]?\d+)(?:\.(\d*))?$/.exec(text.trim());
  if (found === null || found[0].length > MOST_DIGITS) return undefined;
  const [, whole = '', fraction = ''] = found;
  return { units: BigInt(whole.replace('+', '') + fraction), scale: fraction.length };
}

const scaled = ({ units, scale }: Decimal, to: number): bigint => units * 10n ** BigInt(to - scale);

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: scaled(a, scale) + scaled(b, scale), scale };
}

/** Below, at or above zero as the first is less than, equal to or more than the second. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [scaled(a, scale), scaled(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `-12.50` of a decimal number, with all the places it was made with. */
export function fromDecimal({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}
