import { ToolFailure } from '../../failure.ts';
import { fetchStream } from '../../http/streamed.ts';
import { parseJson } from '../../json-value.ts';
import { adviceOn, errorLines, toAnswer } from '../call/answer.ts';
import { Unreachable, type Listen } from './listen.ts';

/** Characters of one event. */
const LONGEST_EVENT = 4 * 1024 * 1024;

interface Event {
  readonly name: string;
  readonly data: string;
}

/** One block of lines as an event (HTML, server-sent events). */
function parseEvent(block: string): Event {
  const fields = block.split(/\r\n|\r|\n/).map((line) => /^([^:]*):? ?(.*)$/.exec(line) ?? []);
  const of = (wanted: string): string[] =>
    fields.flatMap(([, name, value = '']) => (name === wanted ? [value] : []));
  return { name: of('event').at(-1) ?? 'message', data: of('data').join('\n') };
}

async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Event> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
    rest = blocks.pop() ?? '';
    if (rest.length > LONGEST_EVENT)
      throw new ToolFailure('The service sent an event that is larger than is read.');
    for (const block of blocks) yield parseEvent(block);
  }
}

/** What an answer that is no stream says. */
async function otherAnswer(response: Response): Promise<Error> {
  const text = (await response.text()).slice(0, 100_000);
  try {
    const answer = toAnswer(parseJson(text));
    if (answer !== undefined && answer.errors.length > 0 && response.status !== 406)
      return new ToolFailure(`The service refused the subscription:\n${errorLines(answer.errors)}`, {
        nextStep: adviceOn(answer.errors),
      });
  } catch {
    // Not JSON: told by its status and type below.
  }
  const type = response.headers.get('content-type') ?? 'no type';
  return new Unreachable(`it answered ${response.status} with ${type}`);
}

/** Listens to server-sent events (GraphQL over SSE, distinct connections mode). */
export const listenByEventStream: Listen = async (request, body, { next, signal }) => {
  const { url, headers } = request;
  let response: Response;
  try {
    response = await fetchStream(url, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ToolFailure) throw error;
    throw new Unreachable('it does not take the connection', { cause: error });
  }
  const isStream = (response.headers.get('content-type') ?? '').includes('text/event-stream');
  if (!response.ok || !isStream || response.body === null) throw await otherAnswer(response);
  for await (const { name, data } of eventsOf(response.body)) {
    if (name === 'complete') return;
    if (data !== '' && (name === 'next' || name === 'message')) next(parseJson(data));
  }
};
