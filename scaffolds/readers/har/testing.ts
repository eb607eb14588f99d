import { ServerId, type Json, type JsonObject } from '@counterpart/schemas';
import type { ReadOptions, ReadResult } from '../reader.ts';
import { readHar } from './read.ts';

/** Reads a text as a recording. */
export const readText = (text: string, options: Partial<ReadOptions> = {}): Promise<ReadResult> =>
  readHar(
    { text, location: 'traffic.har', sha256: `sha256-${'0'.repeat(64)}` },
    { id: ServerId.parse('test'), ...options },
  );

/** What a test says of an exchange; everything else is usual. */
export interface Draft {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly post?: JsonObject;
  readonly status?: number;
  readonly answer?: Json;
  readonly content?: JsonObject;
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

const pairs = (members: Readonly<Record<string, string>> = {}): Json =>
  Object.entries(members).map(([name, value]) => ({ name, value }));

/** One entry of a recording. */
export function entry(draft: Draft): JsonObject {
  const post = draft.post ?? (draft.body === undefined ? undefined : jsonContent(draft.body));
  return {
    request: {
      method: draft.method ?? 'GET',
      url: draft.url,
      headers: pairs(draft.headers),
      cookies: pairs(draft.cookies),
      ...(post === undefined ? {} : { postData: post }),
    },
    response: {
      status: draft.status ?? 200,
      headers: pairs(draft.answerHeaders),
      content: draft.content ?? (draft.answer === undefined ? {} : jsonContent(draft.answer)),
    },
  };
}

const jsonContent = (value: Json): JsonObject => ({
  mimeType: 'application/json',
  text: JSON.stringify(value),
});

/** The text of a recording of these entries. */
export const recordingOf = (entries: readonly Json[]): string =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, entries } });

/** Reads a recording of these exchanges. */
export const readDrafts = (
  drafts: readonly Draft[],
  options: Partial<ReadOptions> = {},
): Promise<ReadResult> => readText(recordingOf(drafts.map(entry)), options);
