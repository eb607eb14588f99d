/** What a session was told, as far as its client may ask for it again. */
export interface ToldEvent {
  readonly id: string;
  readonly frame: string;
}

/** Of one session; with the most sessions a hub has, all of them together are bounded, too. */
const MOST_EVENTS = 64;
const MOST_CHARACTERS = 64 * 1024;

/**
 * The newest messages of a session's own stream, for a client that comes back with `Last-Event-ID` (2025-11-25, transports,
 * resumability). Bounded by number and size: what is older is forgotten first.
 */
export class EventRing {
  readonly #events: ToldEvent[] = [];
  #characters = 0;
  #last = 0;

  /** The id of the newest event, or of the beginning. */
  get lastId(): string {
    return String(this.#last);
  }

  add(frame: string): ToldEvent {
    const event = { id: String(++this.#last), frame };
    this.#events.push(event);
    this.#characters += frame.length;
    while (this.#events.length > MOST_EVENTS || this.#characters > MOST_CHARACTERS) {
      const oldest = this.#events.shift();
      this.#characters -= oldest?.frame.length ?? 0;
    }
    return event;
  }

  /** What came after an event; of one that is unknown or forgotten, all that is left. */
  after(id: string): readonly ToldEvent[] {
    const seen = /^\d{1,15}$/.test(id) ? Number(id) : 0;
    return this.#events.filter((event) => Number(event.id) > seen || seen > this.#last);
  }
}
