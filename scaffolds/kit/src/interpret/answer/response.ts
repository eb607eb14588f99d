import { createHash } from 'node:crypto';
import type { Json } from '@counterpart/schemas';
import type { Sent } from '../../http/send.ts';
import { failureText } from '../../http/failures/service-error.ts';
import { errorResult, type CallResult, type ContentItem } from '../../tools/tool.ts';
import { check } from '../../validate/check.ts';
import type { Keywords } from '../../validate/schema.ts';
import { digitsNote } from './digits.ts';
import { pickFields, type Picked } from './fields.ts';
import { outline } from './outline.ts';
import { conform, type Structured } from './drift.ts';
import { decodeText, isJsonType, isTextType, looksLikeText, mediaTypeOf } from '../media.ts';
import { fromMessagePack } from '../../message-pack/decode.ts';
import { isMessagePackType } from '../../message-pack/media-type.ts';
import { shrink } from './shrink.ts';
import { toldHeaders } from './told-headers.ts';
import { isMembers, parseJson } from '../../json-value.ts';

/** What the answer of an operation is turned into. */
export interface ResponseRules {
  /** Id of the server: part of the address of embedded resources. */
  readonly server: string;
  /** The promised schema, when there is one. */
  readonly outputSchema: Keywords | undefined;
  /** The answer's JSON is no object and travels as `{ result }`. */
  readonly wrapped: boolean;
  /** Larger answers are cut. */
  readonly maxBytes: number;
  /** Variable that raises `maxBytes`. */
  readonly maxBytesName: string;
  /** Members of the answer's JSON that are wanted; undefined: all. */
  readonly fields?: readonly string[] | undefined;
  /** JSON pointer to the list of items, where the answer is a page. */
  readonly items?: string | undefined;
  /** Keeps what is too large to be passed on and gives its address; undefined when nothing is kept here. */
  readonly keep?: ((text: string, mimeType: string) => string | undefined) | undefined;
  /** Takes secrets out of text. */
  readonly redact: (text: string) => string;
  /** What to do about a status, in place of the usual advice. */
  readonly nextStep?: ((status: number) => string | undefined) | undefined;
  /** Its answers have tags that a later call gives back. */
  readonly tagged?: boolean | undefined;
  /** The input that a service's name of a field stands for. */
  readonly nameOf?: ((field: string) => string) | undefined;
}

/** Names that a note lists. */
const MOST_NAMES = 30;

const DRIFT = 'counterpart/drift';

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** The structured part; with a promised schema there always is one, because strict clients insist on it. */
function structured(
  value: Json | undefined,
  rules: ResponseRules,
): Pick<CallResult, 'structuredContent' | '_meta'> {
  if (value === undefined) {
    if (!rules.outputSchema) return {};
    return { structuredContent: {}, _meta: { [DRIFT]: ['(answer): expected JSON'] } };
  }
  const object: Structured = !rules.wrapped && isMembers(value) ? value : { result: value };
  if (!rules.outputSchema) return { structuredContent: object };
  if (!rules.wrapped && !isMembers(value))
    return { structuredContent: {}, _meta: { [DRIFT]: ['(answer): expected an object'] } };
  const { value: conforming, drift } = conform(object, rules.outputSchema);
  return { structuredContent: conforming, ...(drift.length === 0 ? {} : { _meta: { [DRIFT]: [...drift] } }) };
}

/** True for an answer that is no object and is what was promised: a log, a number, a list. */
const isPromised = (value: Json, { wrapped, outputSchema }: ResponseRules): boolean =>
  wrapped && outputSchema !== undefined && check(outputSchema, { result: value }).length === 0;

const texts = (...items: (string | undefined)[]): ContentItem[] =>
  items.filter((text) => text !== undefined).map((text) => ({ type: 'text', text }));

const sizeText = (bytes: number): string =>
  bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} kB`;

const askForLess = ({ maxBytesName }: ResponseRules): string =>
  `Ask for less (fewer items, a page, chosen fields), or raise ${maxBytesName}.`;

/** Where the whole of a shortened answer is. */
function whereTheWholeIs(text: string, mimeType: string, rules: ResponseRules): string {
  const uri = rules.keep?.(text, mimeType);
  if (uri === undefined) return askForLess(rules);
  const part = mimeType === 'application/json' ? `, a part with ${uri}?path=/…` : '';
  return `The whole can be read as a resource, ${uri}${part}. Or ask for less: fewer items, a page, chosen fields.`;
}

function fieldsNote({ missing, known }: Picked): string | undefined {
  if (missing.length === 0) return undefined;
  const names = known.length === 0 ? '' : ` Its members: ${known.slice(0, MOST_NAMES).join(', ')}.`;
  return `Note: the answer has no ${missing.slice(0, MOST_NAMES).join(', ')}.${names}`;
}

function jsonResult(whole: Json, size: number, rules: ResponseRules): CallResult {
  const picked = rules.fields === undefined ? undefined : pickFields(whole, rules.fields, rules.items);
  const value = picked?.value ?? whole;
  const shrunk = shrink(value, rules.maxBytes);
  if (shrunk !== undefined && shrunk.items === undefined) {
    return {
      content: texts(shrunk.text, digitsNote(value, shrunk.text), picked && fieldsNote(picked)),
      ...structured(shrunk.value, rules),
    };
  }
  const text = JSON.stringify(value);
  const bytes = picked === undefined ? size : Buffer.byteLength(text);
  const on = whereTheWholeIs(text, 'application/json', rules);
  const shape = `It is ${outline(value)}.`;
  if (!shrunk)
    return errorResult(`The answer has ${sizeText(bytes)}, more than is passed on. ${shape}\n${on}`);
  const note = `Note: the answer has ${sizeText(bytes)}; lists in it end after ${shrunk.items} items. ${shape}\n${on}`;
  return {
    content: texts(shrunk.text, note, digitsNote(shrunk.value, shrunk.text), picked && fieldsNote(picked)),
    ...structured(shrunk.value, rules),
  };
}

function textResult(text: string, truncated: boolean, rules: ResponseRules): CallResult {
  const bytes = Buffer.from(text, 'utf8');
  const cut = bytes.length > rules.maxBytes;
  const shown = cut
    ? new TextDecoder().decode(bytes.subarray(0, rules.maxBytes)).replace(/\uFFFD+$/, '')
    : text;
  const on = cut && !truncated ? whereTheWholeIs(text, 'text/plain', rules) : askForLess(rules);
  const note =
    cut || truncated
      ? `Note: the text goes on after ${sizeText(Buffer.byteLength(shown))}. ${on}`
      : undefined;
  const promised = isPromised(shown, rules) ? { structuredContent: { result: shown } } : undefined;
  return { content: texts(shown, note), ...(promised ?? structured(undefined, rules)) };
}

function binaryResult(sent: Sent, rules: ResponseRules): CallResult {
  const mimeType = mediaTypeOf(sent.headers['content-type']) || 'application/octet-stream';
  const { body } = sent;
  if (sent.truncated || body.length > rules.maxBytes) {
    return errorResult(
      `The answer is ${mimeType} of ${sent.truncated ? 'more than ' : ''}${sizeText(body.length)}, more than is passed on. Raise ${rules.maxBytesName}, or ask for a smaller one.`,
    );
  }
  const data = body.toString('base64');
  const kind = /^(image|audio)\//.exec(mimeType)?.[1];
  if (kind === 'image' || kind === 'audio')
    return { content: [{ type: kind, data, mimeType }], ...structured(undefined, rules) };
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const resource = { uri: `counterpart://${rules.server}/answer/${digest}`, mimeType, blob: data };
  return { content: [{ type: 'resource', resource }], ...structured(undefined, rules) };
}

function emptyResult(sent: Sent, rules: ResponseRules): CallResult {
  const { location } = sent.headers;
  const lines = new Set([
    `${sent.status} ${sent.statusText}`.trim(),
    ...(location === undefined ? [] : [`location: ${location}`]),
    ...toldHeaders(sent, rules.tagged === true),
  ]);
  return {
    content: texts(rules.redact([...lines].join('\n'))),
    ...(rules.outputSchema ? { structuredContent: {} } : {}),
  };
}

/** MessagePack as the JSON that it stands for; what is no MessagePack is passed on as the bytes it is. */
function packedResult(sent: Sent, rules: ResponseRules): CallResult {
  const value = sent.truncated ? undefined : unpacked(sent.body);
  if (value === undefined) return binaryResult(sent, rules);
  const text = rules.redact(JSON.stringify(value));
  return jsonResult(parsed(text) ?? text, Buffer.byteLength(text), rules);
}

function unpacked(body: Buffer): Json | undefined {
  try {
    return fromMessagePack(body);
  } catch {
    return undefined;
  }
}

function bodyResult(sent: Sent, rules: ResponseRules): CallResult {
  const contentType = sent.headers['content-type'];
  const mediaType = mediaTypeOf(contentType);
  const isJson = isJsonType(mediaType);
  const undeclared = mediaType === '' || mediaType === 'application/octet-stream';
  const isText = isJson || isTextType(mediaType) || (undeclared && looksLikeText(sent.body));
  if (!isText) return binaryResult(sent, rules);
  const text = rules.redact(decodeText(sent.body, contentType));
  // A service that promises JSON and calls it text/plain is believed when the text is JSON.
  const value =
    (isJson || mediaType === '' || rules.outputSchema) && !sent.truncated ? parsed(text) : undefined;
  // Digits of a log that is promised as text are JSON too, and not what was promised.
  const isMeantAsText =
    !isJson && value !== undefined && isPromised(text, rules) && !isPromised(value, rules);
  return value === undefined || isMeantAsText
    ? textResult(text, sent.truncated, rules)
    : jsonResult(value, sent.body.length, rules);
}

/** A service's answer as the result of a call: never throws, never holds a secret. */
export function toResult(sent: Sent, rules: ResponseRules): CallResult {
  if (sent.status >= 400 || sent.status < 200) {
    const text = rules.redact(decodeText(sent.body, sent.headers['content-type']));
    return errorResult(
      failureText(sent.status, sent.headers, text, {
        nextStep: rules.nextStep?.(sent.status),
        nameOf: rules.nameOf,
      }),
    );
  }
  if (sent.body.length === 0 || sent.status >= 300) return emptyResult(sent, rules);
  const result = isMessagePackType(sent.headers['content-type'] ?? '')
    ? packedResult(sent, rules)
    : bodyResult(sent, rules);
  const told = toldHeaders(sent, rules.tagged === true);
  return told.length === 0
    ? result
    : { ...result, content: [...result.content, ...texts(rules.redact(told.join('\n')))] };
}
