import type { Json } from '@counterpart/schemas';
import { isJsonType } from '../../request/media-type.ts';
import { patternCandidates } from '../../pattern/pattern-sample.ts';
import { compilePattern } from '../../pattern/pattern.ts';
import type { Random } from '../random.ts';
import { randomAt, type Place, type SampleRun } from '../sample-run.ts';
import type { Shape } from '../shape.ts';
import { formatTexts } from '../text-formats.ts';
import { namedText, word } from '../vocabulary.ts';

const MAX_LENGTH = 100_000;
/** Common shapes of text, tried where a pattern's own structure led to nothing. */
const COMMON_TEXTS = [
  'a',
  'A',
  '1',
  'abc',
  'ABC',
  '123',
  'Abc123',
  'Abcdef1!',
  '2025-01-15',
  'a@b.co',
  'https://example.com',
  '/a',
  'a-b',
  'a_b',
  'a.b',
  '+15550100',
  '#3366cc',
  '',
] as const;

interface Demand {
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly string[];
  readonly format: string | undefined;
}

function demandOf(shape: Shape): Demand {
  const { minLength, maxLength, format } = shape.keywords;
  return {
    minLength: typeof minLength === 'number' ? minLength : 0,
    maxLength: typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY,
    patterns: shape.patterns,
    format: typeof format === 'string' ? format : undefined,
  };
}

/** Lengths count characters, not UTF-16 units (JSON Schema, validation 6.3). */
function fits(text: string, demand: Demand, accepts: (format: string, text: string) => boolean): boolean {
  const length = Array.from(text).length;
  if (length < demand.minLength || length > demand.maxLength) return false;
  if (!demand.patterns.every((pattern) => compilePattern(pattern).test(text))) return false;
  return demand.format === undefined || accepts(demand.format, text);
}

function toLength(text: string, demand: Demand): string {
  const padded =
    text.length < demand.minLength ? `${text} ${text}`.padEnd(demand.minLength, 'abcdefgh') : text;
  return padded.slice(0, Math.min(demand.maxLength, MAX_LENGTH));
}

function encodedText(shape: Shape, random: Random): string | undefined {
  const encoding = shape.keywords['contentEncoding'];
  if (encoding === 'base64' || encoding === 'base64url') return Buffer.from(word(random)).toString(encoding);
  const mediaType = shape.keywords['contentMediaType'];
  return typeof mediaType === 'string' && isJsonType(mediaType) ? '{}' : undefined;
}

function* candidates(shape: Shape, demand: Demand, place: Place, random: Random): Generator<string> {
  const encoded = encodedText(shape, random);
  if (encoded !== undefined) yield encoded;
  if (demand.format !== undefined) yield* formatTexts(demand.format, random);
  const named = namedText(place.name, random);
  if (named !== undefined) {
    yield named;
    if (demand.patterns.length === 0) yield toLength(named, demand);
  }
  yield toLength(word(random), demand);
  for (const pattern of demand.patterns) yield* patternCandidates(pattern, random, demand.minLength);
  yield* COMMON_TEXTS;
}

/** Text of the length, format and pattern asked for, that suits its name. Longer than 100,000 characters is not made. */
export function sampleText(shape: Shape, place: Place, run: SampleRun): Json | undefined {
  const demand = demandOf(shape);
  if (demand.minLength > MAX_LENGTH) return undefined;
  const accepts = (format: string, text: string): boolean => run.book.accepts(run.formatSchema(format), text);
  for (const text of candidates(shape, demand, place, randomAt(run, place))) {
    if (fits(text, demand, accepts)) return text;
  }
  return undefined;
}
