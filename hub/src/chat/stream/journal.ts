import { soon } from '../../kernel/async/turn.ts';

/** Who takes the frames of a journal, one after another. */
export interface Follower {
  /**
   * `isLast`: the end comes right behind it. False: enough for now; `resume` of the journal's `follow` is called when there is
   * room again.
   */
  write(text: string, isLast: boolean): boolean;
  end(): void;
}

export interface Followed {
  /** There is room again. */
  readonly resume: () => void;
  /** It left: nothing more is written to it. */
  readonly leave: () => void;
}

export interface JournalOptions {
  /** Bytes of what was said that are kept for those who come back; 0: none. */
  readonly keptBytes: number;
  /** The last follower left while more is to come. */
  readonly deserted: () => void;
}

/** Characters by which the slowest follower may lie behind before whoever writes has to wait. */
const MOST_BEHIND = 256 * 1024;
/** Characters that are handed to a connection at once. */
const AT_ONCE = 64 * 1024;

interface Reader extends Follower {
  at: number;
  isBlocked: boolean;
  isScheduled: boolean;
  /** Characters that it has not taken yet. */
  behind: number;
  readonly pump: () => void;
}

/**
 * What a run says, frame by frame, numbered from 0: every follower gets each frame once and in order, from the one it asks
 * for, as long as it is kept. Bounded: the oldest frames go first.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #readers = new Set<Reader>();
  #frames: string[] = [];
  /** Number of the first frame that is kept. */
  #first = 0;
  #kept = 0;
  #isEnded = false;
  /** Before the first follower comes, what is said waits for it. */
  #wasFollowed = false;
  #wake: (() => void) | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** The number that the next frame gets. */
  get next(): number {
    return this.#first + this.#frames.length;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isFollowed(): boolean {
    return this.#readers.size > 0;
  }

  /** Characters that are kept. */
  get size(): number {
    return this.#kept;
  }

  /** Whether all frames from this number on are kept. */
  holds(number: number): boolean {
    return number >= this.#first;
  }

  append(frame: string): void {
    if (this.#isEnded) return;
    this.#frames.push(frame);
    this.#kept += frame.length;
    for (const reader of this.#readers) {
      reader.behind += frame.length;
      this.#schedule(reader);
    }
    this.#trim();
  }

  /** Nothing more comes. */
  end(): void {
    this.#isEnded = true;
    for (const reader of this.#readers) this.#schedule(reader);
    this.#trim();
  }

  /** Resolves when the slowest follower has caught up; undefined: there is room now. */
  room(): Promise<void> | undefined {
    if (!this.#isCrowded()) return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Hands over all frames from number `from` on, those that are kept at once, the others as they come. */
  follow(from: number, follower: Follower): Followed {
    const at = Math.min(Math.max(from, this.#first), this.next);
    const behind = this.#frames.slice(at - this.#first).reduce((sum, { length }) => sum + length, 0);
    const reader: Reader = {
      write: (text, isLast) => follower.write(text, isLast),
      end: () => follower.end(),
      at,
      isBlocked: false,
      isScheduled: false,
      behind,
      pump: () => this.#pump(reader),
    };
    this.#readers.add(reader);
    this.#wasFollowed = true;
    this.#schedule(reader);
    return {
      resume: () => {
        reader.isBlocked = false;
        this.#schedule(reader);
      },
      leave: () => this.#leave(reader),
    };
  }

  #leave(reader: Reader): void {
    if (!this.#readers.delete(reader)) return;
    this.#wakeIfRoom();
    this.#trim();
    if (this.#readers.size === 0 && !this.#isEnded) this.#options.deserted();
  }

  /** What is said in one go is written in one go: in the turn in which it came, where one piece of input made all of it. */
  #schedule(reader: Reader): void {
    if (reader.isScheduled || reader.isBlocked) return;
    reader.isScheduled = true;
    soon(reader.pump);
  }

  #pump(reader: Reader): void {
    reader.isScheduled = false;
    while (this.#readers.has(reader) && !reader.isBlocked && reader.at < this.next) {
      let text = '';
      while (reader.at < this.next && text.length < AT_ONCE) {
        text += this.#frames[reader.at - this.#first] ?? '';
        reader.at += 1;
      }
      reader.behind -= text.length;
      reader.isBlocked = !reader.write(text, this.#isEnded && reader.at === this.next);
    }
    if (this.#isEnded && reader.at === this.next && this.#readers.delete(reader)) reader.end();
    this.#trim();
    this.#wakeIfRoom();
  }

  #isCrowded(): boolean {
    for (const { behind } of this.#readers) if (behind > MOST_BEHIND) return true;
    return false;
  }

  #wakeIfRoom(): void {
    if (this.#wake === undefined || this.#isCrowded()) return;
    const wake = this.#wake;
    this.#wake = undefined;
    wake();
  }

  /** Lets go of what every follower has and nobody may ask for again. */
  #trim(): void {
    const { keptBytes } = this.#options;
    const most = this.#wasFollowed ? keptBytes : Math.max(keptBytes, MOST_BEHIND);
    if (this.#kept <= most) return;
    let wanted = this.next;
    for (const { at } of this.#readers) wanted = Math.min(wanted, at);
    let count = 0;
    while (this.#first + count < wanted && this.#kept > most) {
      this.#kept -= this.#frames[count]?.length ?? 0;
      count += 1;
    }
    if (count === 0) return;
    this.#frames = this.#frames.slice(count);
    this.#first += count;
  }
}
