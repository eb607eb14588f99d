import { withQuery } from '../../http/compose.ts';
import type { WireRequest } from '../../http/exchange.ts';
import { HttpFailure } from '../../http/failures/http-failure.ts';
import type { Sent } from '../../http/send.ts';
import { parseJson, type Members } from '../../json-value.ts';
import { nested } from './input-key.ts';
import type { Arguments, CallResult, ToolContext } from '../../tools/tool.ts';
import { decodeText } from '../media.ts';
import type { BuiltRequest } from '../request.ts';
import { toResult, type ResponseRules } from '../answer/response.ts';
import { nextPage } from './next-page.ts';
import type { Page, PagedOperation } from './page.ts';
import { pagingKeys } from './paging-input.ts';
import { readPages, type Asked, type Pages, type Wanted } from './read-pages.ts';

/** An answer of the service, and how it is told. */
export interface Answered {
  readonly sent: Sent;
  readonly rules: ResponseRules;
}

/** A call of an operation whose answers are pages. */
export interface PagedCall {
  readonly operation: PagedOperation;
  readonly ask: (wanted: Wanted) => Promise<Answered>;
  readonly context: Pick<ToolContext, 'signal' | 'progress'>;
  /** Of the items of all pages. */
  readonly maxBytes: number;
}

/** Where the next call is told, among the members of the structured answer. */
export const NEXT_CALL = 'next_call';

/** The request at the address of a next page, with the credentials that go into a query. */
export function atAddress({ request, credentials }: BuiltRequest, url: string): WireRequest {
  const given = new URL(url).searchParams;
  const missing = credentials.query.filter(
    (pair) => !given.has(decodeURIComponent(pair.split('=')[0] ?? '')),
  );
  return { ...request, url: withQuery(url, missing) };
}

function pageOf({ sent, rules }: Answered, args: Arguments): Page | undefined {
  if (sent.status < 200 || sent.status >= 300 || sent.truncated) return undefined;
  try {
    const value = parseJson(rules.redact(decodeText(sent.body, sent.headers['content-type'])));
    return { args, url: sent.url, value, headers: sent.headers };
  } catch {
    return undefined;
  }
}

/** The result with a note behind it and, where it has room for one more member, the next call in its structure. */
function withNext(result: CallResult, note: string, next: Members | undefined): CallResult {
  const { content, structuredContent } = result;
  const isFree = structuredContent !== undefined && !Object.hasOwn(structuredContent, NEXT_CALL);
  return {
    ...result,
    content: [...content, { type: 'text', text: note }],
    ...(next !== undefined && isFree
      ? { structuredContent: { ...structuredContent, [NEXT_CALL]: next } }
      : {}),
  };
}

/** One page as the service gives it, and how to call for the next one. */
export async function onePage({ operation, ask }: PagedCall, wanted: Wanted): Promise<CallResult> {
  const answered = await ask(wanted);
  const result = toResult(answered.sent, answered.rules);
  const page = result.isError === true ? undefined : pageOf(answered, wanted.args);
  const next = page === undefined ? undefined : nextPage(operation, page);
  if (next === undefined || next.kind === 'end') return result;
  const all = pagingKeys(operation)?.all;
  const every = all === undefined ? '' : `{"${all}":true} for all of them`;
  if (next.kind === 'url')
    return every === ''
      ? result
      : withNext(result, `There are more pages: call again with ${every}.`, undefined);
  const input = nested(next.input);
  const either = every === '' ? '' : `, or ${every}`;
  return withNext(
    result,
    `Next page: call again with the same arguments and ${JSON.stringify(input)}${either}.`,
    input,
  );
}

function noteOn({ items, pages, stopped }: Pages): string {
  const read = `${items} ${items === 1 ? 'item' : 'items'} of ${pages} ${pages === 1 ? 'page' : 'pages'}`;
  if (stopped === undefined) return `All of it: ${read}.`;
  const on =
    stopped.next === undefined ? '' : ` To read on, call again with ${JSON.stringify(nested(stopped.next))}.`;
  return `There is more: ${read} were read, because ${stopped.why}.${on}`;
}

/** The items of all pages in one answer of the operation's form, and where to read on if a limit ended it. */
export async function allPages(
  { operation, ask, context, maxBytes }: PagedCall,
  args: Arguments,
  maxItems: number,
): Promise<CallResult> {
  let last: Answered | undefined;
  const askPage = async (wanted: Wanted): Promise<Asked> => {
    try {
      const answered = await ask(wanted);
      const page = pageOf(answered, wanted.args);
      last = page === undefined && last !== undefined ? last : answered;
      if (page !== undefined) return { kind: 'page', page };
      return {
        kind: 'failed',
        status: answered.sent.status,
        words: `the service answered ${answered.sent.status}`,
      };
    } catch (error) {
      if (last === undefined || !(error instanceof HttpFailure)) throw error;
      return { kind: 'failed', status: undefined, words: error.message };
    }
  };
  const read = await readPages(
    {
      operation,
      maxItems,
      maxBytes,
      ask: askPage,
      progress: context.progress,
      now: () => performance.now(),
    },
    args,
  );
  if (last === undefined) throw new TypeError('nothing was asked');
  if (read.kind === 'failed') return toResult(last.sent, last.rules);
  const body = Buffer.from(JSON.stringify(read.value));
  const next = read.stopped?.next;
  const result = toResult({ ...last.sent, body }, last.rules);
  return withNext(result, noteOn(read), next === undefined ? undefined : nested(next));
}
