import { readSource } from '@counterpart/scaffolds/readers/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { ServerId, type Blueprint } from '@counterpart/schemas';
import { recordHar, unnamed, type PathWords, type RecordOptions } from '../../fixtures/record-har.ts';

/** What came back of one description's templates, from traffic that was made of it. */
export interface Recovered {
  readonly words: PathWords;
  /** Operations called. */
  readonly called: number;
  /** Of the called ones, the share that was found with its very template; and of the found ones, the share that was called. */
  readonly recall: number;
  readonly precision: number;
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  /** What was read back, as text. */
  readonly text: string;
}

/** The blueprint of a description with one address and no others, so that every call goes where the recording says. */
export async function recordable(file: string, origin: string): Promise<Blueprint> {
  const { blueprint } = await readSource(await loadSource(file), { id: ServerId.parse('api') });
  const url = blueprint.servers[0]?.url ?? '';
  const operations = blueprint.operations.map((operation) => {
    const { servers: _own, ...http } = operation.http;
    return { ...operation, http };
  });
  const servers = [{ url: URL.canParse(url) ? url.replaceAll(/\{[^}]*\}/g, 'x') : origin }];
  return { ...blueprint, servers, operations };
}

/** Calls the mirror of a blueprint, keeps the traffic as HAR and reads the templates back from it. */
export async function recover(blueprint: Blueprint, options: RecordOptions): Promise<Recovered> {
  const har = await recordHar(blueprint, options);
  const source = { text: har.text, location: 'traffic.har', sha256: `sha256-${'0'.repeat(64)}` };
  const read = await readSource(source, { id: ServerId.parse('back') });
  const found = new Set(read.blueprint.operations.map(({ http }) => `${http.method} ${unnamed(http.path)}`));
  const missing = [...har.called].filter((one) => !found.has(one));
  const right = har.called.size - missing.length;
  return {
    words: options.words,
    called: har.called.size,
    recall: right / har.called.size,
    precision: right / found.size,
    missing,
    extra: [...found].filter((one) => !har.called.has(one)),
    text: JSON.stringify(read.blueprint),
  };
}
