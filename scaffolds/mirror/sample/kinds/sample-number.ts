import { isMultiple } from '@counterpart/kit/schema';
import type { Json } from '@counterpart/schemas';
import type { Random } from '../random.ts';
import { randomAt, type Place, type SampleRun } from '../sample-run.ts';
import type { Shape } from '../shape.ts';
import { usualRange } from '../vocabulary.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly above: number;
  readonly below: number;
  readonly step: number | undefined;
  readonly integer: boolean;
}

/** What `int32` allows; 64-bit integers are kept where a double is exact. */
const FORMAT_LIMITS = new Map([
  ['int32', 2 ** 31 - 1],
  ['int64', Number.MAX_SAFE_INTEGER],
]);
const SPAN = 1_000;

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function boundsOf(integer: boolean, shape: Shape): Bounds {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format } = shape.keywords;
  const whole = typeof format === 'string' ? FORMAT_LIMITS.get(format) : undefined;
  const limit = whole ?? Number.MAX_VALUE;
  return {
    min: Math.max(numberOr(minimum, -limit), -limit),
    max: Math.min(numberOr(maximum, limit), limit),
    above: numberOr(exclusiveMinimum, Number.NEGATIVE_INFINITY),
    below: numberOr(exclusiveMaximum, Number.POSITIVE_INFINITY),
    step: typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : undefined,
    // Many descriptions call a whole number `number` and leave it to its format.
    integer: integer || whole !== undefined,
  };
}

function fits(value: number, bounds: Bounds): boolean {
  if (!Number.isFinite(value) || value < bounds.min || value > bounds.max) return false;
  if (value <= bounds.above || value >= bounds.below) return false;
  if (bounds.integer && !Number.isInteger(value)) return false;
  return bounds.step === undefined || isMultiple(value, bounds.step);
}

/** True where validators that divide doubles, as those of many clients do, take it for a multiple, too. */
const dividesPlainly = (value: number, { step }: Bounds): boolean =>
  step === undefined || Number.isInteger(value / step);

/** Digits after the point that a number is written with. */
function placesOf(step: number): number {
  const [, fraction = '', exponent = '0'] = /^\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(step)) ?? [];
  return Math.min(100, Math.max(0, fraction.length - Number(exponent)));
}

/** So many steps as the decimal that they are: three of 0.1 are 0.3. */
const times = (count: number, step: number): number => Number((count * step).toFixed(placesOf(step)));

/** Values near a wish that may be multiples and whole. */
function near(wish: number, bounds: Bounds): readonly number[] {
  const step = bounds.step ?? (bounds.integer ? 1 : undefined);
  if (step === undefined) return [Math.round(wish * 100) / 100, wish];
  const count = Math.floor(wish / step);
  const multiples = [count, count + 1, count - 1].map((one) => times(one, step));
  return [...multiples, Math.round(wish), Math.ceil(wish), Math.floor(wish)];
}

function* wishes(
  bounds: Bounds,
  random: Random,
  usual: readonly [number, number] | undefined,
): Generator<number> {
  const lowest = Math.max(bounds.min, bounds.above);
  const highest = Math.min(bounds.max, bounds.below);
  const within = (low: number, high: number): number => low + random.fraction() * (high - low);
  if (usual) for (let index = 0; index < 3; index += 1) yield within(...usual);
  const low = Math.max(lowest, Math.min(1, highest - SPAN));
  const high = Math.min(highest, low + SPAN);
  for (let index = 0; index < 6; index += 1) yield within(low, high);
  yield* [low, high, (low + high) / 2, lowest, highest, 0, 1];
}

/** A number within its bounds, of a size that its name suggests. */
export function sampleNumber(
  type: 'integer' | 'number',
  shape: Shape,
  place: Place,
  run: SampleRun,
): number | undefined {
  const bounds = boundsOf(type === 'integer', shape);
  const random = randomAt(run, place);
  let second: number | undefined;
  for (const wish of wishes(bounds, random, usualRange(place.name))) {
    const fitting = near(wish, bounds).filter((value) => fits(value, bounds));
    const found = fitting.find((value) => dividesPlainly(value, bounds));
    if (found !== undefined) return found === 0 ? 0 : found;
    second ??= fitting[0];
  }
  return second;
}
