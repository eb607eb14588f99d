/** Numbers that follow from a text: the same text, the same numbers, on every machine. */
export interface Random {
  /** From `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** One member of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
  /** In [0, 1). */
  fraction(): number;
}

/** 32-bit FNV-1a with a final mix, so that texts that differ in one character differ in every bit. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** Random numbers drawn from a text; not for secrets. */
export function createRandom(text: string): Random {
  let state = hash(text);
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    int: (min, max) => Math.min(max, min + Math.floor(fraction() * (max - min + 1))),
    pick: (list) => list[Math.floor(fraction() * list.length)] ?? list[0],
  };
}
