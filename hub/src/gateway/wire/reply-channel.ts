import type { Wire } from './frame.ts';

/** An answer that was begun. */
export interface OpenAnswer {
  /** Sends what follows, as it is; nothing if the client left. */
  write(part: Buffer): void;
  /** Ends it; `taken` is called once all of it was written, and never if it was not. */
  end(taken?: () => void): void;
}

/** The way back of one request, whatever carries it. */
export interface ReplyChannel {
  /** Whether anything but the answer can be sent on it. */
  readonly streams: boolean;
  /**
   * Sends a frame ahead of the answer; false when that is not possible any more or the client reads too slowly. `eventId`: by
   * which a client may name it when it comes back, where the transport has such ids.
   */
  send(frame: string, eventId?: string): boolean;
  /** Sends the beginning of an answer whose rest is to come; undefined where answers are sent whole. `drop` breaks it off. */
  begin?(head: Wire): OpenAnswer | undefined;
  /** Sends the answer; later calls do nothing. `taken` as of `OpenAnswer.end`, and never where the answer is kept. */
  finish(wire: Wire, status?: number, taken?: () => void): void;
  /** Ends without an answer: the request was cancelled by its client. */
  drop(): void;
}
