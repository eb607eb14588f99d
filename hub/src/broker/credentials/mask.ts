import { Transform } from 'node:stream';

/** Shorter texts occur by chance in any answer; masking them would spoil it and hide nothing. */
const SHORTEST = 6;
const STAR = '*'.charCodeAt(0);

/** Hides secrets that a service repeats, in the forms they travel in. What is masked keeps its length. */
export interface Mask {
  text(value: string): string;
  /** Undefined: there is nothing to hide. */
  stream(): Transform | undefined;
}

/** A mask of these secrets: plain, percent-encoded, inside JSON, and packed as Basic packs them. */
export function createMask(secrets: readonly string[]): Mask {
  const forms = [
    ...new Set(
      secrets
        .filter((secret) => secret.length >= SHORTEST)
        .flatMap((secret) => [
          secret,
          encodeURIComponent(secret.toWellFormed()),
          JSON.stringify(secret).slice(1, -1),
        ]),
    ),
  ].map((form) => Buffer.from(form, 'utf8'));
  return {
    text: (value) => {
      const bytes = Buffer.from(value, 'utf8');
      for (const form of forms) maskIn(bytes, form);
      return bytes.toString('utf8');
    },
    stream: () => (forms.length === 0 ? undefined : maskStream(forms)),
  };
}

function maskIn(bytes: Buffer, form: Buffer): void {
  for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length))
    bytes.fill(STAR, at, at + form.length);
}

/** How many last bytes could be the beginning of a form whose rest is still to come. */
function openEnd(bytes: Buffer, forms: readonly Buffer[]): number {
  let most = 0;
  for (const form of forms) {
    for (let size = Math.min(form.length - 1, bytes.length); size > most; size -= 1) {
      if (bytes.subarray(bytes.length - size).equals(form.subarray(0, size))) most = size;
    }
  }
  return most;
}

/** Passes everything on at once, but for an end that may be the beginning of a secret. */
function maskStream(forms: readonly Buffer[]): Transform {
  let held: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const bytes = Buffer.concat([held, chunk]);
      for (const form of forms) maskIn(bytes, form);
      const open = openEnd(bytes, forms);
      held = bytes.subarray(bytes.length - open);
      done(null, bytes.subarray(0, bytes.length - open));
    },
    flush(done) {
      done(null, held);
    },
  });
}
