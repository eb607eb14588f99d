import type { ChatItem } from '../../kernel/ports.ts';

const MOST = 1_000;

/**
 * What the hub did before a model called the caller's own tool. The caller sends back its own call only; without the rest
 * the model would look everything up again. Kept in memory: after a restart it does just that.
 */
export class Interludes {
  readonly #before = new Map<string, readonly ChatItem[]>();

  keep(principal: string, callId: string, items: readonly ChatItem[]): void {
    if (items.length === 0) return;
    this.#before.set(`${principal} ${callId}`, items);
    const [oldest] = this.#before.keys();
    if (this.#before.size > MOST && oldest !== undefined) this.#before.delete(oldest);
  }

  /** A conversation with what was left out of it put back. */
  restore(principal: string, items: readonly ChatItem[]): ChatItem[] {
    const known = new Set(
      items.flatMap((item) => (item.type === 'function_call_output' ? [item.callId] : [])),
    );
    return items.flatMap((item) => {
      const before =
        item.type === 'function_call' ? this.#before.get(`${principal} ${item.callId}`) : undefined;
      // A caller that keeps the whole conversation sends them itself.
      const isMissing = before?.every((one) => one.type !== 'function_call_output' || !known.has(one.callId));
      return before !== undefined && isMissing === true ? [...before, item] : [item];
    });
  }
}
