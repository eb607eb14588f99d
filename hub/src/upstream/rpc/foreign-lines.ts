import type { Logger } from '../../kernel/log.ts';
import type { Redact } from '../../kernel/redact.ts';
import { quoted } from './quoted.ts';

/** What a server wrote between its frames: counted, and the first line kept and logged. */
export class ForeignLines {
  readonly #server: string;
  readonly #log: Logger;
  readonly #redact: Redact;
  #first: string | undefined;
  #count = 0;

  constructor(server: string, { log, redact }: { readonly log: Logger; readonly redact: Redact }) {
    this.#server = server;
    this.#log = log;
    this.#redact = redact;
  }

  get seen(): { readonly lines: number; readonly first: string } | undefined {
    return this.#first === undefined ? undefined : { lines: this.#count, first: this.#first };
  }

  /** Returns how many there were, with this one. */
  add(line: Buffer): number {
    this.#count += 1;
    if (this.#first === undefined) {
      this.#first = quoted(line.toString('utf8'), this.#redact);
      const server = this.#server;
      this.#log.warn(
        { server, line: this.#first },
        `${server} wrote a line that is not MCP; more are not reported`,
      );
    }
    return this.#count;
  }
}
