/** Shorter values would blank out ordinary words. */
const MIN_SECRET_LENGTH = 6;

export interface Redactor {
  /** From now on this value is blanked out. Short values are ignored. */
  add(secret: string | undefined): void;
  /** The text with every known secret replaced by `[redacted]`. */
  redact(text: string): string;
}

/** Knows the secrets this process handed out, so that nothing it writes down holds one. */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    add(secret) {
      if (secret !== undefined && secret.length >= MIN_SECRET_LENGTH) secrets.add(secret);
    },
    redact(text) {
      let clean = text;
      for (const secret of secrets) clean = clean.replaceAll(secret, '[redacted]');
      return clean;
    },
  };
}
