import { canonicalJson, type Json, type ResponseBinding, type ResponseContent } from '@counterpart/schemas';
import { chooseResponse, examplesOf, parsePreference, type Preference } from './choose-response.ts';
import type { DecodedRequest } from '../request/decode-request.ts';
import { echoRequest } from './echo.ts';
import { headerValue } from '../request/header-value.ts';
import { isObject, toSchema } from '../schema/json-value.ts';
import { essence, isJsonType } from '../request/media-type.ts';
import { limitPage } from './page-limit.ts';
import type { MirrorProblem } from './problem.ts';
import { asText, isBinaryType, renderBody } from './render.ts';
import { typeNameOf } from '../resource/members.ts';
import type { Sampler } from '../sample/sample.ts';
import type { SchemaBook } from '../schema/schema-book.ts';

/** What answers are made with. */
export interface AnswerTools {
  readonly book: SchemaBook;
  readonly sampler: Sampler;
}

/** A composed answer; `body` is undefined when it has none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export type Composed = { readonly answer: Answer } | { readonly problem: MirrorProblem };

/** Headers that frame the message or that the mirror sets by itself. */
const OWN_HEADERS = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'trailer',
  'date',
  'x-mirror-operation',
  'x-mirror-notes',
]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/** What the answer is about: requests that differ in it get different answers. */
function topic(request: DecodedRequest): string {
  const inPath = request.parameters.filter(({ binding }) => binding.in === 'path').map(({ value }) => value);
  return `${request.operation.name} ${canonicalJson(inPath)}`;
}

function fallbackText(mediaType: string): string {
  return essence(mediaType) === 'text/html'
    ? '<!doctype html><title>Mirror</title><p>mirrored</p>'
    : 'mirrored';
}

/** What of the things kept an answer shows. */
export interface KeptAnswer {
  /** What an answer of this content shows; undefined when it is about something else. */
  readonly show: (content: ResponseContent) => Json | undefined;
  /** Something new was made: 201 where it is declared. */
  readonly isMade: boolean;
  /** Values for declared headers, and headers that a client of the service relies on. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Wanted {
  readonly preference: Preference;
  readonly kept: KeptAnswer | undefined;
}

type Value = { readonly value: Json | undefined } | { readonly problem: MirrorProblem };

/** A body's value: the first example that its schema accepts, else a sample of it. */
function valueFor(
  request: DecodedRequest,
  content: ResponseContent,
  { preference, kept }: Wanted,
  tools: AnswerTools,
): Value {
  const { mediaType, schema } = content;
  const shown = isBinaryType(mediaType) ? undefined : kept?.show(content);
  if (shown !== undefined) return { value: shown };
  const isText = !isJsonType(mediaType) && !isBinaryType(mediaType);
  const examples = examplesOf(content, preference);
  if (schema === undefined) {
    const plain = examples[0] ?? (isText ? fallbackText(mediaType) : isJsonType(mediaType) ? {} : undefined);
    return { value: plain };
  }
  if (isBinaryType(mediaType)) return { value: undefined };
  const example = examples.find(
    (candidate) => (isText && typeof candidate === 'string') || acceptsExample(content, candidate, tools),
  );
  const made = example ?? madeUp(content, topic(request), tools);
  if (made === undefined) return { problem: unsatisfiable(request) };
  const echoed = echoRequest(request, made, schema, tools.book);
  return { value: limitPage(request, echoed, schema, tools.book) };
}

/** Whether examples of the description are true to their schema; found out once each. */
const judged = new WeakMap<ResponseContent, Map<Json, boolean>>();

function acceptsExample(content: ResponseContent, candidate: Json, { book }: AnswerTools): boolean {
  const known = judged.get(content) ?? new Map<Json, boolean>();
  judged.set(content, known);
  const isGood = known.get(candidate) ?? book.accepts(content.schema ?? true, candidate);
  known.set(candidate, isGood);
  return isGood;
}

/** Values made up before: equal requests are asked again and again. The oldest give way. */
const madeBefore = new WeakMap<AnswerTools, WeakMap<ResponseContent, Map<string, Json>>>();
const MAX_MADE = 16;

function madeUp(content: ResponseContent, about: string, tools: AnswerTools): Json | undefined {
  const ofTools = madeBefore.get(tools) ?? new WeakMap<ResponseContent, Map<string, Json>>();
  madeBefore.set(tools, ofTools);
  const known = ofTools.get(content) ?? new Map<string, Json>();
  ofTools.set(content, known);
  const before = known.get(about);
  if (before !== undefined) return before;
  const made = tools.sampler.sample(content.schema ?? true, { salt: about });
  if (made === undefined) return undefined;
  const oldest = known.size >= MAX_MADE ? known.keys().next() : undefined;
  if (oldest && !oldest.done) known.delete(oldest.value);
  known.set(about, made);
  return made;
}

function unsatisfiable(request: DecodedRequest): MirrorProblem {
  return {
    status: 501,
    slug: 'schema-unsatisfiable',
    title: 'No answer satisfies the declared schema',
    detail: `No value was found that the response schema of ${request.operation.name} accepts; its keywords contradict each other.`,
  };
}

/** Text that a header can hold: visible Latin-1. */
function headerText(value: Json): string | undefined {
  const text = isObject(value)
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? value.map(asText).join(',')
      : asText(value);
  const safe = text.replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, '').trim();
  return safe === '' && text !== '' ? undefined : safe;
}

function declaredHeaders(
  request: DecodedRequest,
  response: ResponseBinding,
  tools: AnswerTools,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, schema] of Object.entries(response.headers ?? {})) {
    if (OWN_HEADERS.has(name.toLowerCase()) || !HEADER_NAME.test(name)) continue;
    const value = tools.sampler.sample(toSchema(schema), { name, salt: `${topic(request)} ${name}` });
    const text = value === undefined ? undefined : headerText(value);
    if (text !== undefined) headers[name.toLowerCase()] = text;
  }
  return headers;
}

/** XML names its root after the type. */
function thingName({ schema }: ResponseContent): string | undefined {
  return typeNameOf(schema ?? true);
}

/** The answer to a valid request: a declared response, true to its schema; the same request gets the same answer. */
export function composeAnswer(
  request: DecodedRequest,
  headers: Headers,
  tools: AnswerTools,
  kept?: KeptAnswer,
): Composed {
  const preference = parsePreference(headerValue(headers, 'prefer'));
  const isMade = kept?.isMade ?? false;
  const choice = chooseResponse(request.operation, headerValue(headers, 'accept'), { ...preference, isMade });
  if ('problem' in choice) return choice;
  const { status, response, content } = choice.chosen;
  const sampled = response ? declaredHeaders(request, response, tools) : {};
  const declared = { ...sampled, ...kept?.headers };
  if (!content) return { answer: { status, headers: declared, body: undefined } };
  const made = valueFor(request, content, { preference, kept }, tools);
  if ('problem' in made) return made;
  const { bytes, contentType } = renderBody(content.mediaType, made.value, thingName(content), content.xml);
  return { answer: { status, headers: { ...declared, 'content-type': contentType }, body: bytes } };
}
