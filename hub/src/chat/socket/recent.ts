import type { ChatItem } from '../../kernel/ports.ts';
import type { Responses } from '../../orchestrator/conversations/responses.ts';

/** Answers that a connection remembers: a few, because each holds its whole conversation. */
const MOST_REMEMBERED = 8;

/** The answers of one connection that are not kept: it may go on from its last ones, and they go with it. */
export class RecentAnswers {
  readonly #histories = new Map<string, readonly ChatItem[]>();

  /** All that was said up to this answer and with it. */
  add(id: string, history: readonly ChatItem[]): void {
    this.#histories.set(id, history);
    const [oldest] = this.#histories.keys();
    if (this.#histories.size > MOST_REMEMBERED && oldest !== undefined) this.#histories.delete(oldest);
  }

  /** The same answers as those of the hub, and these. */
  beside(responses: Responses): Responses {
    return {
      ...responses,
      history: async (id) => this.#histories.get(id) ?? (await responses.history(id)),
    };
  }
}
