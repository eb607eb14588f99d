import type { Upstream } from '../../kernel/ports.ts';

/** Instances that ended whose last words are kept: an instance for one call is gone before anybody could look. */
const MOST_ENDED = 8;
/** Lines of each that are kept. */
const MOST_LINES = 50;

/** What the processes of a server's instances wrote to standard error, each line with the process it is of; bounded. */
export class InstanceWords {
  #ended: (readonly string[])[] = [];

  /** To be called when an instance is gone, with its last words. */
  ended({ process }: Upstream, name: string): void {
    const lines = wordsOf(process?.stderr(), name);
    if (lines.length > 0) this.#ended = [...this.#ended, lines].slice(-MOST_ENDED);
  }

  /** Those of ended ones first, oldest first. */
  lines(running: Iterable<{ readonly upstream: Upstream; readonly name: string }>): readonly string[] {
    const now = [...running].map(({ upstream, name }) => wordsOf(upstream.process?.stderr(), name));
    return [...this.#ended, ...now].flat();
  }
}

const wordsOf = (lines: readonly string[] = [], name: string): readonly string[] =>
  lines.slice(-MOST_LINES).map((line) => `${name}: ${line}`);
