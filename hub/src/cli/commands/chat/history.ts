import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../../kernel/files/write-whole.ts';

const MOST = 1000;
const LONGEST_CHARS = 10_000;

/** What was typed before, the newest first, as readline wants it; kept in the data folder for its owner only. */
export class ChatHistory {
  readonly #file: string;
  #lines: string[];

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'chat-history');
    this.#lines = read(this.#file);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Keeps an entry; one that cannot be written is only remembered for this chat. */
  add(entry: string): void {
    if (entry.trim() === '' || entry.length > LONGEST_CHARS || entry === this.#lines[0]) return;
    this.#lines = [entry, ...this.#lines].slice(0, MOST);
    try {
      writeWhole(this.#file, this.#lines.map((line) => JSON.stringify(line)).join('\n'), 0o600);
    } catch {
      // A folder that cannot be written is no reason to end a chat.
    }
  }
}

function read(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const entry: unknown = line === '' ? undefined : JSON.parse(line);
        return typeof entry === 'string' ? [entry] : [];
      });
  } catch {
    return [];
  }
}
