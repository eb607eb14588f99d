import type { Json, JsonObject, Operation, ResponseContent } from '@counterpart/schemas';
import { isJsonType } from '../request/media-type.ts';
import { isArray, isObject } from '../schema/json-value.ts';
import { plain } from '../resource/words.ts';
import type { AnswerTools } from './answer.ts';

/** What went wrong, for an answer in the form the description gives its errors. */
export interface ErrorNews {
  readonly status: number;
  readonly slug: string;
  readonly title: string;
  readonly detail: string;
}

/** A body in the declared form. */
export interface ErrorBody {
  readonly mediaType: string;
  readonly value: Json;
}

const DETAILS =
  /^(?:message|detail|details|description|errordescription|errormessage|msg|reason|developermessage|usermessage)$/;
const TITLES = /^(?:title|error|summary|statustext|errorsummary)$/;
const STATUSES = /^(?:status|statuscode|httpstatus|httpstatuscode|code|errorcode|errornumber)$/;
const SLUGS = /^(?:code|type|errortype|errorcode|slug|key|error)$/;
const MAX_DEPTH = 3;

/** The declared error content for a status, `4XX` and `default` included; only JSON can be filled in. */
function declaredContent({ http }: Operation, status: number): ResponseContent | undefined {
  // Where nothing else is declared, `default` is what a success looks like.
  const hasSuccess = http.responses.some((response) => /^[23]/.test(response.status));
  const names = [String(status), `${String(status)[0]}XX`, ...(hasSuccess ? ['default'] : [])];
  const declared = names.flatMap((name) => http.responses.filter((response) => response.status === name))[0];
  return declared?.contents.find(({ mediaType, schema }) => isJsonType(mediaType) && schema !== undefined);
}

/** Values a member of an error may have, the likeliest first. */
function candidates(name: string, news: ErrorNews): readonly Json[] {
  const key = plain(name);
  return [
    ...(DETAILS.test(key) ? [news.detail] : []),
    ...(STATUSES.test(key) ? [news.status, String(news.status)] : []),
    ...(SLUGS.test(key) ? [news.slug.replaceAll('-', '_'), news.slug] : []),
    ...(TITLES.test(key) ? [news.title] : []),
  ];
}

/** The value with one member after another telling what went wrong, wherever `accepts` takes the whole. */
function tell(value: Json, news: ErrorNews, accepts: (whole: Json) => boolean, depth = 0): Json {
  if (depth > MAX_DEPTH) return value;
  if (isArray(value)) {
    const [first, ...rest] = value;
    return first === undefined
      ? value
      : [tell(first, news, (item) => accepts([item, ...rest]), depth + 1), ...rest];
  }
  if (!isObject(value)) return value;
  let current = value;
  for (const [name, member] of Object.entries(value)) {
    const put = (changed: Json): Json => ({ ...current, [name]: changed });
    const nested = isObject(member) || isArray(member);
    const said = nested
      ? tell(member, news, (inner) => accepts(put(inner)), depth + 1)
      : candidates(name, news).find((candidate) => accepts(put(candidate)));
    if (said !== undefined) current = { ...current, [name]: said };
  }
  return current;
}

/** An error in the form the description gives it, with `more` beside it; undefined when it gives none, or no room for more. */
export function errorBody(
  operation: Operation,
  news: ErrorNews,
  tools: AnswerTools,
  more: JsonObject = {},
): ErrorBody | undefined {
  const content = declaredContent(operation, news.status);
  if (content?.schema === undefined) return undefined;
  const { schema, mediaType } = content;
  const made = tools.sampler.sample(schema, { salt: `${operation.name} ${news.status}` });
  if (made === undefined) return undefined;
  const told = tell(made, news, (whole) => tools.book.accepts(schema, whole));
  const value = isObject(told) ? { ...more, ...told } : told;
  const isTold = Object.keys(more).every((name) => isObject(value) && value[name] === more[name]);
  return isTold && tools.book.accepts(schema, value) ? { mediaType, value } : undefined;
}
