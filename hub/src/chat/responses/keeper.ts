import type { ChatItem } from '../../kernel/ports.ts';
import type { ChatParts } from '../parts.ts';
import type { Journal } from '../stream/journal.ts';
import type { Transcript } from '../transcript.ts';
import type { ResponseWriter } from './events.ts';
import type { AskedItems } from './request.ts';
import type { ResponseHead } from './resource.ts';

interface Kept {
  readonly head: ResponseHead;
  readonly items: AskedItems;
  /** False: the request said that the answer is not to be kept. */
  readonly isKept: boolean;
  readonly journal: Journal;
}

/** Keeps one answer, and what it adds to its conversation. What cannot be written is logged: the answer goes on. */
export class ResponseKeeper {
  readonly #parts: ChatParts;
  readonly #kept: Kept;
  /** Writes happen in their order, and nobody waits for the first. */
  #written: Promise<void> = Promise.resolve();

  constructor(parts: ChatParts, kept: Kept) {
    this.#parts = parts;
    this.#kept = kept;
  }

  begin(writer: ResponseWriter): void {
    const { items, isKept } = this.#kept;
    const { conversation, input } = items;
    if (isKept) this.#write(() => this.#keep(writer, []));
    if (conversation !== undefined) this.#write(() => this.#parts.conversations.append(conversation, input));
  }

  async end(writer: ResponseWriter, transcript: Transcript): Promise<void> {
    const { items, isKept } = this.#kept;
    const { conversation, before, input } = items;
    if (isKept) this.#write(() => this.#keep(writer, transcript.items));
    else this.#parts.recent?.add(this.#kept.head.id, [...before, ...input, ...transcript.items]);
    if (conversation !== undefined) this.#write(() => this.#converse(conversation, input, transcript));
    await this.#written;
  }

  /** A question that no model may answer is taken back, as are those of `/v1/chat/completions`. */
  async #converse(id: string, input: readonly ChatItem[], transcript: Transcript): Promise<void> {
    const { conversations } = this.#parts;
    if (!transcript.isUnanswerable) return await conversations.append(id, transcript.items);
    const { length } = await conversations.items(id);
    await conversations.takeBack(id, length - input.length);
  }

  #keep(writer: ResponseWriter, added: readonly ChatItem[]): Promise<void> {
    const { head, items, journal } = this.#kept;
    return this.#parts.responses.keep({
      id: head.id,
      previousId: head.request.previous_response_id ?? undefined,
      conversation: items.conversation,
      status: writer.status,
      input: items.input,
      items: added,
      body: writer.resource(),
      // The event that is to come is the last.
      lastSequence: journal.next,
      createdAt: new Date(head.createdAt * 1000).toISOString(),
    });
  }

  #write(step: () => Promise<void>): void {
    this.#written = this.#written.then(step).catch((cause: unknown) => {
      this.#parts.log.error({ response: this.#kept.head.id, cause }, 'an answer was not kept');
    });
  }
}
