import { hubError, toCounterpartError } from '@counterpart/schemas';
import type { Line } from './exchange/line.ts';
import type { Seat } from './seat.ts';

/** Lines to providers with their keys, and what of those must not be written down. */
export interface Keys {
  /** A line with the key that is stored now. Rejects with MODEL_KEY_REFUSED when there is none to send. */
  open(seat: Seat, model: string): Promise<Line>;
  /** Whether there is a key to send; `none`: the provider is sent none. */
  state(seat: Seat): Promise<'configured' | 'missing' | 'none'>;
  /** The text without the key that was last sent to this provider. */
  redact(seat: Seat, text: string): string;
}

/** Looks keys up for each question, so that a new one counts at once. */
export function createKeys(resolve: (text: string) => Promise<string>): Keys {
  const sent = new WeakMap<Seat, string | undefined>();
  return {
    async open(seat, model) {
      const { key, headers } = await secretsOf(seat, model, resolve);
      sent.set(seat, key);
      return { baseUrl: seat.place.baseUrl, key, headers };
    },
    async state(seat) {
      if (seat.config.apiKey === undefined && seat.place.keyVariable === undefined) return 'none';
      const found = await secretsOf(seat, seat.name, resolve).catch(() => undefined);
      return found?.key === undefined ? 'missing' : 'configured';
    },
    redact(seat, text) {
      const key = sent.get(seat);
      return key === undefined || key === '' ? text : text.replaceAll(key, '[redacted]');
    },
  };
}

async function secretsOf(
  { config, place, name }: Seat,
  model: string,
  resolve: (text: string) => Promise<string>,
): Promise<{ readonly key: string | undefined; readonly headers: Record<string, string> }> {
  try {
    const headers: Record<string, string> = {};
    for (const [header, text] of Object.entries(config.headers)) headers[header] = await resolve(text);
    if (config.apiKey !== undefined)
      return { key: (await resolve(config.apiKey)).trim() || undefined, headers };
    const { keyVariable } = place;
    if (keyVariable === undefined) return { key: undefined, headers };
    // What a person stored in the vault is preferred to what the machine happens to hold.
    const key =
      (await resolve(`\${secret:${keyVariable}:-}`)).trim() ||
      (await resolve(`\${env:${keyVariable}:-}`)).trim();
    if (key !== '') return { key, headers };
    const detail = `no key is stored for provider ${name}, ${keyVariable} is neither in the vault nor in the environment`;
    throw hubError('MODEL_KEY_REFUSED', { model, detail });
  } catch (cause) {
    const problem = toCounterpartError(cause);
    if (problem.code === 'MODEL_KEY_REFUSED') throw problem;
    throw hubError('MODEL_KEY_REFUSED', { model, detail: problem.message.replace(/\.$/, '') }, { cause });
  }
}
