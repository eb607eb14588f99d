import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { fetchStream } from '../http/streamed.ts';
import { messageOf, notOpened, type Hear } from './hear.ts';

/** Characters of one event. */
const LONGEST_EVENT = 4 * 1024 * 1024;

/** One block of lines as an event; undefined for one without data (HTML, 9.2.6). */
export function eventOf(block: string): Json | undefined {
  const fields = block.split(/\r\n|\r|\n/).map((line) => /^([^:]*):? ?(.*)$/.exec(line) ?? []);
  const of = (wanted: string): string[] =>
    fields.flatMap(([, name, value = '']) => (name === wanted ? [value] : []));
  const data = of('data');
  if (data.length === 0) return undefined;
  const id = of('id').at(-1);
  return {
    event: of('event').at(-1) ?? 'message',
    ...(id === undefined ? {} : { id }),
    data: messageOf(data.join('\n')),
  };
}

async function refusalOf(response: Response): Promise<ToolFailure> {
  const text = (await response.text()).slice(0, 2_000);
  const type = response.headers.get('content-type') ?? 'no type';
  return notOpened(`the service answered ${response.status} with ${type}${text === '' ? '' : `: ${text}`}`);
}

/** Sends the request and hears server-sent events until the service or the caller ends it. */
export const hearEvents: Hear = async ({ url, method, headers, body }, { next, signal }) => {
  const init = {
    method,
    headers: { ...headers, accept: 'text/event-stream' },
    body: body && Uint8Array.from(body),
    signal,
  };
  const response = await fetchStream(url, init).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof ToolFailure) throw error;
    throw notOpened('the service does not take the connection', error);
  });
  const isStream = /^text\/event-stream/i.test(response.headers.get('content-type') ?? '');
  if (!response.ok || !isStream || response.body === null) throw await refusalOf(response);
  const decoder = new TextDecoder();
  let rest = '';
  const chunks: AsyncIterable<Uint8Array> = response.body;
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
    rest = blocks.pop() ?? '';
    if (rest.length > LONGEST_EVENT)
      throw new ToolFailure('The service sent an event that is larger than is read.');
    for (const event of blocks.map(eventOf)) if (event !== undefined) next(event);
  }
};
