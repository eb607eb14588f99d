import type { Message } from './message.ts';

/** What a client is told without having asked; each message is taken once. */
export class Hearing {
  readonly #heard: Message[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #limitMs: number;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  add(message: Message): void {
    this.#heard.push(message);
    for (const look of this.#waiting) look();
  }

  /** Takes all that was heard so far and fits. */
  drain(fits: (message: Message) => boolean): Message[] {
    const taken = this.#heard.filter(fits);
    for (const message of taken) this.#heard.splice(this.#heard.indexOf(message), 1);
    return taken;
  }

  /** The first message that fits; rejects when none comes in time. */
  take(what: string, fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const at = this.#heard.findIndex(fits);
        const [message] = at < 0 ? [] : this.#heard.splice(at, 1);
        if (!message) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(message);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${what} did not come`));
      }, this.#limitMs);
      this.#waiting.add(look);
      look();
    });
  }
}
