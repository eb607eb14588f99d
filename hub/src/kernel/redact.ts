import { CounterpartError } from '@counterpart/schemas';

/** The text with every secret that is known by now replaced. */
export type Redact = (text: string) => string;

/** Shorter values would blank out ordinary words. */
const MIN_SECRET_LENGTH = 6;

export interface Redactor {
  /** From now on this value is blanked out, also as it looks inside JSON, an address or base64. Short values are ignored. */
  add(secret: string | undefined): void;
  /** The text with every known secret replaced by `[redacted]`; may be handed on without its object. */
  readonly redact: Redact;
}

/** Knows the secrets this process handed out, so that nothing it writes down holds one. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let longestFirst: readonly string[] = [];
  return {
    add(secret) {
      if (secret === undefined || secret.length < MIN_SECRET_LENGTH || known.has(secret)) return;
      for (const form of formsOf(secret)) known.add(form);
      // A secret that begins with another one would otherwise keep its end.
      longestFirst = [...known].sort((a, b) => b.length - a.length);
    },
    redact: (text) => longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text),
  };
}

const formsOf = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret.toWellFormed()),
  Buffer.from(secret).toString('base64'),
];

/** The same error without secrets. Its cause is left out when it held one, because a cause quotes the same text. */
export function redactError(error: CounterpartError, redact: Redact): CounterpartError {
  const params = Object.fromEntries(
    Object.entries(error.params).map(([name, value]) => [
      name,
      typeof value === 'string' ? redact(value) : value,
    ]),
  );
  const clean = Object.entries(params).every(([name, value]) => error.params[name] === value);
  return clean ? error : new CounterpartError(error.code, params);
}
