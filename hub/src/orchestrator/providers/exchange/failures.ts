import { type CounterpartError, type ErrorCode, hubError } from '@counterpart/schemas';
import { isMembers, membersOf } from '../../../kernel/protocol/members.ts';

/** How a provider answered that does not answer the question. */
export interface Refusal {
  /** Absent: it came in the middle of an answer that had begun. */
  readonly status?: number | undefined;
  /** The body, parsed where it is JSON. */
  readonly body: unknown;
  readonly contentType?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

const SHOWN = 300;

const OVER_CONTEXT =
  /context[ _-]?(?:length|window|size|limit)|maximum context|prompt is too long|too many (?:input )?tokens|(?:input|prompt)[^.]{0,40}(?:exceeds|longer than|too long)|token count[^.]{0,40}exceeds|reduce the length/i;
const OVER_QUOTA =
  /quota|rate[ _-]?limit|too many requests|insufficient[ _](?:balance|funds|credit)|overloaded|billing/i;
const FILTERED = /content[ _-]?(?:filter|policy|management)|safety|moderation|flagged|prohibited[ _]content/i;
const WRONG_KEY =
  /(?:invalid|incorrect|missing|wrong|no|expired)[ _-](?:x-)?api[ _-]?key|authentication|unauthori[sz]ed/i;

/** What a status says by itself. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'MODEL_KEY_REFUSED',
  402: 'MODEL_OVER_QUOTA',
  408: 'MODEL_UNREACHABLE',
  413: 'MODEL_OVER_CONTEXT',
  429: 'MODEL_OVER_QUOTA',
  529: 'MODEL_OVER_QUOTA',
};

/** What a provider's words say where the status leaves it open, the first that fits. */
const BY_WORDS: readonly (readonly [words: RegExp, code: ErrorCode])[] = [
  [OVER_CONTEXT, 'MODEL_OVER_CONTEXT'],
  [FILTERED, 'MODEL_FILTERED'],
  [WRONG_KEY, 'MODEL_KEY_REFUSED'],
  [OVER_QUOTA, 'MODEL_OVER_QUOTA'],
];

/** The class of a failure, for the catalogue and whoever chooses another model. */
export function classify({ status, body, contentType }: Refusal): ErrorCode {
  const told = status === undefined ? undefined : BY_STATUS[status];
  if (told !== undefined) return told;
  const words = wordsOf(body);
  if (status === 403) return OVER_QUOTA.test(words) ? 'MODEL_OVER_QUOTA' : 'MODEL_KEY_REFUSED';
  const isPage = /html/i.test(contentType ?? '');
  // Above 500 a gateway speaks, not the model.
  const said = isPage || (status ?? 0) > 500 ? undefined : BY_WORDS.find(([fits]) => fits.test(words))?.[1];
  if (said !== undefined) return said;
  if (status === undefined || status >= 500) return 'MODEL_UNREACHABLE';
  return isPage ? 'MODEL_BROKEN' : 'MODEL_REFUSED';
}

/** A provider's own words in the catalogue's: cut, because they may repeat the question. */
export function toFailure(
  model: string,
  refusal: Refusal,
  redact: (text: string) => string,
): CounterpartError {
  const { status, body, contentType, retryAfterMs: pauseMs } = refusal;
  const code = classify(refusal);
  const said = /html/i.test(contentType ?? '') ? pageText(String(body)) : messageOf(body);
  const parts = [status === undefined ? '' : `HTTP ${status}`, redact(said).slice(0, SHOWN)];
  const detail = parts.filter((part) => part !== '').join(', ') || 'it does not say why';
  return hubError(code, { model, detail, ...(pauseMs === undefined ? {} : { retryAfterMs: pauseMs }) });
}

/** What an error's body says of itself: types, codes and words. */
function wordsOf(body: unknown): string {
  const error = errorOf(body);
  return [error['code'], error['type'], error['status'], messageOf(body)]
    .filter((part) => typeof part === 'string')
    .join(' ');
}

/** `{error: {…}}` of most, `[{error: {…}}]` of Gemini, or the members themselves. */
function errorOf(body: unknown): Readonly<Record<string, unknown>> {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const { error } = membersOf(first);
  return typeof error === 'object' && error !== null ? membersOf(error) : membersOf(first);
}

/**
 * The body of the error that a piece of an answer is: beside or in the place of its choices, within one as of OpenRouter, or
 * the piece itself as of vLLM; undefined: it is none.
 */
export function errorIn(chunk: Readonly<Record<string, unknown>>): unknown {
  if (isTold(chunk['error']) || chunk['object'] === 'error') return chunk;
  const choice: unknown = Array.isArray(chunk['choices']) ? chunk['choices'][0] : undefined;
  if (!isMembers(choice)) return undefined;
  if (isTold(choice['error'])) return choice;
  return choice['finish_reason'] === 'error' ? { message: 'it ended its answer with an error' } : undefined;
}

const isTold = (error: unknown): boolean =>
  error !== undefined && error !== null && error !== false && error !== '';

/** The words for a person in an error's body. */
export function messageOf(body: unknown): string {
  if (typeof body === 'string') return body.trim();
  const inner = errorOf(body);
  for (const said of [inner['message'], inner['detail'], inner['error'], inner['msg']])
    if (typeof said === 'string' && said !== '') return endless(said);
  const text = JSON.stringify(body) ?? '';
  return text === '{}' ? '' : text;
}

/** The parameter that an error is about, where it says so. */
export function parameterOf(body: unknown): string | undefined {
  const { param } = errorOf(body);
  return typeof param === 'string' ? param : undefined;
}

/** What a page says at its top: the rest of it is for a browser. */
export function pageText(page: string): string {
  const title =
    /<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1] ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(page)?.[1] ?? '';
  const words = title.replace(/\s+/g, ' ').trim();
  return words === '' ? 'a page of HTML' : `a page of HTML, “${words.slice(0, 100)}”`;
}

/** The catalogue ends the sentence. */
const endless = (text: string): string => text.trim().replace(/\.$/, '');
