/** More of them would only wait for nothing. */
const MOST_WAITING = 4_096;

/** So many at a time; the others in the order in which they came. */
export class Slots {
  readonly #most: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Resolves with what gives the slot back, or with undefined when `signal` aborts first or too many wait already. At most one
   * giving back counts.
   */
  async take(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    const free = this.takeFree();
    if (free !== undefined) return free;
    if (this.#waiting.size >= MOST_WAITING || !(await this.#turn(signal))) return undefined;
    return this.#held();
  }

  /** As `take`, where nobody has to wait; undefined: all are taken. */
  takeFree(): (() => void) | undefined {
    if (this.#taken >= this.#most) return undefined;
    this.#taken += 1;
    return this.#held();
  }

  #held(): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const [next] = this.#waiting;
      // The slot goes from hand to hand: nobody who comes meanwhile takes it.
      if (next === undefined) this.#taken -= 1;
      else next();
    };
  }

  async #turn(signal: AbortSignal): Promise<boolean> {
    return await new Promise((resolve) => {
      const leave = (): void => {
        this.#waiting.delete(enter);
        resolve(false);
      };
      const enter = (): void => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
