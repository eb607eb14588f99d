import { META, type Members, type Reply } from './client/message.ts';
import type { ProbeClient } from './client/probe-client.ts';
import type { Place } from './behaviour.ts';

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
export const itemsOf = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isMembers) : []);

/** The result of an answer; rejects an error in words. */
export function resultOf({ result, error, status, text }: Reply): Members {
  if (result) return result;
  throw new Error(
    error ? `error ${error.code}: ${error.message}` : `no result: status ${status} ${text.slice(0, 100)}`,
  );
}

const ERA_MEMBERS = new Set(['ttlMs', 'cacheScope', 'elicitationId']);

/** A result without what belongs to one era or one hop. */
export function plain(result: Members): Members {
  const kept = Object.entries(result).filter(
    ([key, value]) =>
      !ERA_MEMBERS.has(key) && !(key === 'resultType' && value === 'complete') && key !== '_meta',
  );
  const meta = Object.entries(membersOf(result['_meta'])).filter(
    ([key]) => key !== `${META}serverInfo` && key !== `${META}subscriptionId`,
  );
  return { ...Object.fromEntries(kept), ...(meta.length > 0 ? { _meta: Object.fromEntries(meta) } : {}) };
}

/** The code and data of an error; a result says that there was none. */
export const errorOf = ({ error, result }: Reply): unknown =>
  error ? { code: error.code, message: error.message, data: error.data } : { result };

export const codeOf = ({ error, status }: Reply): unknown => error?.code ?? `status ${status}`;

/** The first text of a tool's result. */
export const textOf = (reply: Reply): string => String(itemsOf(resultOf(reply)['content'])[0]?.['text']);

export const callTool = (
  place: Place,
  name: string,
  args: Members = {},
  client = place.client,
): Promise<Reply> => client.request('tools/call', { name: place.name(name), arguments: args });

/** Every item of a list, page by page. */
export async function listAll(client: ProbeClient, method: string, list: string): Promise<Members[]> {
  const items: Members[] = [];
  let cursor: unknown;
  for (let pages = 0; pages < 50; pages++) {
    const result = resultOf(await client.request(method, cursor === undefined ? {} : { cursor }));
    items.push(...itemsOf(result[list]));
    cursor = result['nextCursor'];
    if (typeof cursor !== 'string') return items;
  }
  throw new Error(`${method} does not end`);
}

/** Rejects with what was expected and what was seen. */
export function must(holds: boolean, words: string): void {
  if (!holds) throw new Error(words);
}

/** What a question gets for an answer. */
export type Answers = (method: string, params: Members) => Members;

export interface Conversation {
  readonly reply: Reply;
  readonly asked: readonly { readonly method: string; readonly params: unknown }[];
}

/** A request and all rounds of questions it brings, in the way of the client's era. */
export async function converse(
  client: ProbeClient,
  method: string,
  params: Members,
  answers: Answers,
): Promise<Conversation> {
  const asked: { method: string; params: unknown }[] = [];
  client.answerer = (question, given) => {
    asked.push({ method: question, params: plain(given) });
    return answers(question, given);
  };
  let reply = await client.request(method, params);
  for (let round = 0; reply.result?.['resultType'] === 'input_required' && round < 10; round++) {
    const { inputRequests, requestState } = reply.result;
    const inputResponses = Object.fromEntries(
      Object.entries(membersOf(inputRequests)).map(([key, request]) => {
        const question = membersOf(request);
        return [key, client.answerer?.(String(question['method']), membersOf(question['params'])) ?? {}];
      }),
    );
    const state = requestState === undefined ? {} : { requestState };
    reply = await client.request(method, { ...params, inputResponses, ...state });
  }
  return { reply, asked };
}
