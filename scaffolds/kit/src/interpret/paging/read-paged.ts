import type { HttpBinding, Json, JsonSchema, Pagination } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import type { Http, HttpAnswer, HttpCall } from '../../http/client.ts';
import { LARGEST_ANSWER_BYTES } from '../../http/limits.ts';
import { failureText } from '../../http/failures/service-error.ts';
import { isMembers, parseJson } from '../../json-value.ts';
import type { Arguments, ToolContext } from '../../tools/tool.ts';
import { toHttpCall } from '../http-call.ts';
import { nested } from './input-key.ts';
import { nextPage } from './next-page.ts';
import type { Page } from './page.ts';
import { NEXT_CALL } from './paged-call.ts';
import { pagingKeys, takePaging } from './paging-input.ts';
import { readPages, type Asked, type Wanted } from './read-pages.ts';

/** What a hand-written tool knows of an operation whose answers are pages. */
export interface PagedBinding {
  readonly http: HttpBinding;
  readonly pagination: Pagination;
  /** Types and bounds of the inputs that choose a page. */
  readonly input: JsonSchema;
  readonly idempotent: boolean;
}

async function answered(http: Http, call: HttpCall): Promise<HttpAnswer> {
  const answer = await http.request(call);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new ToolFailure(failureText(answer.status, answer.headers, answer.text()));
}

const pageOf = (args: Arguments, answer: HttpAnswer): Page => ({
  args,
  url: answer.url,
  headers: answer.headers,
  value: answer.json(),
});

const withNext = (value: Json, next: Json | undefined): Json =>
  next === undefined || !isMembers(value) ? value : { ...value, [NEXT_CALL]: next };

/**
 * The JSON that a compiled tool of this operation answers with: one page, or with `all` and `max_items` the items of all
 * pages in the form of one. Where there is more and the answer is an object, `next_call` holds the arguments to read on.
 * Throws ToolFailure with the service's own words.
 */
export async function readPaged(
  operation: PagedBinding,
  input: Readonly<Record<string, unknown>>,
  { http, signal, progress }: Pick<ToolContext, 'http' | 'signal' | 'progress'>,
): Promise<Json> {
  // Through JSON, because members that are undefined were not given.
  const given = parseJson(JSON.stringify(input)) as Arguments;
  const { maxItems, args } = takePaging(given, pagingKeys(operation));
  const ask = async ({ args: wanted, url }: Wanted): Promise<Page> => {
    const call = toHttpCall(operation.http, wanted);
    const path = url ?? call.path;
    return pageOf(wanted, await answered(http, { ...call, path, idempotent: operation.idempotent, signal }));
  };
  if (maxItems === undefined) {
    const page = await ask({ args, url: undefined });
    const next = nextPage(operation, page);
    return withNext(page.value, next.kind === 'input' ? nested(next.input) : undefined);
  }
  let isFirst = true;
  const askPage = async (wanted: Wanted): Promise<Asked> => {
    try {
      return { kind: 'page', page: await ask(wanted) };
    } catch (error) {
      if (isFirst || !(error instanceof ToolFailure)) throw error;
      return { kind: 'failed', status: undefined, words: error.message };
    } finally {
      isFirst = false;
    }
  };
  const now = (): number => performance.now();
  const reading = { operation, maxItems, maxBytes: LARGEST_ANSWER_BYTES, ask: askPage, progress, now };
  const read = await readPages(reading, args);
  if (read.kind === 'failed') throw new ToolFailure(read.words);
  const next = read.stopped?.next;
  return withNext(read.value, next === undefined ? undefined : nested(next));
}
