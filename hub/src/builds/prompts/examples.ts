import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { z } from 'zod';
import { rootOf, wordsOf } from '../../search/words.ts';

/** A good answer to go by. */
export interface Example {
  readonly title: string;
  /** In the form of an answer. */
  readonly text: string;
}

const FOLDER = fileURLToPath(new URL('./examples/', import.meta.url));
/** What a server works on. */
const About = z.enum(['service', 'files', 'values']);
type About = z.infer<typeof About>;

const Facts = z.strictObject({
  title: z.string(),
  about: About.default('values'),
  wish: z.string(),
  /** Of code: what its manifest says. */
  facts: z.record(z.string(), z.unknown()).default({}),
});
const FENCE = '```';

/**
 * The example of a kind that works on the same, where there is one, and whose wish has most words in common with this one; equal
 * wishes give equal examples.
 */
export function nearestExample(kind: 'blueprint' | 'code', wish: string, about?: About): Example {
  const asked = rootsOf(wish);
  const [best] = examplesOf(kind)
    .map((example) => ({
      ...example,
      common: [...rootsOf(example.wish)].filter((word) => asked.has(word)).length,
    }))
    .toSorted(
      (a, b) =>
        Number(b.about === about) - Number(a.about === about) ||
        b.common - a.common ||
        a.name.localeCompare(b.name),
    );
  if (best === undefined) throw new Error(`there is no example of ${kind}`); // They are files of this folder.
  return { title: best.title, text: textOf(kind, best.name) };
}

/** Names of all examples of a kind, in the order of the alphabet. */
export const exampleNames = (kind: 'blueprint' | 'code'): string[] =>
  readdirSync(join(FOLDER, kind)).toSorted();

const rootsOf = (text: string): Set<string> => new Set(wordsOf(text).map(rootOf));

const factsOf = (kind: 'blueprint' | 'code', name: string): z.infer<typeof Facts> =>
  Facts.parse(JSON.parse(readFileSync(join(FOLDER, kind, name, 'example.json'), 'utf8')));

const examplesOf = (kind: 'blueprint' | 'code') =>
  exampleNames(kind).map((name) => ({ name, ...factsOf(kind, name) }));

/** An example as its author would have answered. */
export function textOf(kind: 'blueprint' | 'code', name: string): string {
  const folder = join(FOLDER, kind, name);
  if (kind === 'blueprint')
    return `${FENCE}yaml\n${readFileSync(join(folder, 'openapi.yaml'), 'utf8').trimEnd()}\n${FENCE}`;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .toSorted((a, b) => Number(a.startsWith('test/')) - Number(b.startsWith('test/')) || a.localeCompare(b));
  const blocks = files.map(
    (path) => `${FENCE}ts ${path}\n${readFileSync(join(folder, path), 'utf8').trimEnd()}\n${FENCE}`,
  );
  const { facts } = factsOf(kind, name);
  return [`${FENCE}json\n${JSON.stringify(facts, undefined, 2)}\n${FENCE}`, ...blocks].join('\n\n');
}
