import type { IncomingMessage } from 'node:http';
import type { ChatCompletionRequest } from '@counterpart/schemas';
import type { ChatItem } from '../../kernel/ports.ts';
import { CONVERSATION_HEADER } from '../request/headers.ts';
import { lastAnswer, withoutPastedCredentials } from '../../orchestrator/understanding/credentials/pasted.ts';
import type { ChatParts } from '../parts.ts';
import { wrongField } from '../request/read-body.ts';
import type { Transcript } from '../transcript.ts';
import { instructionsIn, matchHistory } from './match.ts';

/** A request with the conversation that it belongs to. */
export interface Bound {
  readonly conversation?: string | undefined;
  /** What the model is told. */
  readonly items: readonly ChatItem[];
  /** Keeps what the run said, and takes back what no model may answer; what cannot be written is logged. */
  keep(transcript: Transcript): Promise<void>;
}

/** Names that clients give to their conversations, and our own. */
const USABLE = /^[\w.:-]{1,128}$/;

/** The conversation that a request names: by header, by `counterpart.conversation`, or in its metadata. Throws FIELD_INVALID. */
export function conversationOf(req: IncomingMessage, body: ChatCompletionRequest): string | undefined {
  const header = req.headers[CONVERSATION_HEADER];
  const [field, id] =
    typeof header === 'string'
      ? [CONVERSATION_HEADER, header]
      : body.counterpart?.conversation !== undefined
        ? ['counterpart.conversation', body.counterpart.conversation]
        : ['metadata.conversation', body.metadata?.['conversation']];
  if (id === undefined || USABLE.test(id)) return id;
  throw wrongField(field, 'a name of a conversation has up to 128 letters, digits and . : _ -');
}

/**
 * Holds what was sent against what is kept: see `matchHistory`. A conversation that is not there yet is begun. Credentials
 * that somebody pasted are neither kept nor told to a model.
 */
export async function bind(
  { conversations, log }: Pick<ChatParts, 'conversations' | 'log'>,
  id: string | undefined,
  sent: readonly ChatItem[],
): Promise<Bound> {
  if (id === undefined) return { items: withoutPastedCredentials(sent), keep: () => Promise.resolve() };
  if (!(await conversations.has(id))) await conversations.create({ id });
  const history = await conversations.items(id);
  const clean = withoutPastedCredentials(sent, lastAnswer(history));
  const { kept, added } = matchHistory(history, clean);
  await conversations.cut(id, kept);
  const before = await conversations.context(id);
  await conversations.append(id, added);
  return {
    conversation: id,
    items: [...instructionsIn(sent), ...before, ...added],
    async keep(transcript) {
      try {
        if (transcript.isUnanswerable) await conversations.takeBack(id, kept);
        else await conversations.append(id, transcript.items);
      } catch (cause) {
        log.error({ conversation: id, cause }, 'an answer was not kept');
      }
    },
  };
}
