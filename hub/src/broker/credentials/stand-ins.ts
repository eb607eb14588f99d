import { randomBytes } from 'node:crypto';
import { encodeStrict } from '@counterpart/kit/http/hosts';

const RANDOM_BYTES = 12;

/** A text that stands in for a secret in what a server is given, and is of no use anywhere else. */
export const newStandIn = (name: string): string =>
  `counterpart-stand-in-${name}-${randomBytes(RANDOM_BYTES).toString('hex')}`;

type StandIns = ReadonlyMap<string, string>;

function replaced(text: string, standIns: StandIns, form: (value: string) => string): string {
  let result = text;
  for (const [standIn, value] of standIns) result = result.replaceAll(standIn, () => form(value));
  return result;
}

/** `user:password` of Basic are packed as one: what stands in for either is found by unpacking. */
function replacedInHeader(name: string, text: string, standIns: StandIns): string {
  const packed = name === 'authorization' ? /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(text)?.[1] : undefined;
  if (packed === undefined) return replaced(text, standIns, (value) => value);
  const pair = replaced(Buffer.from(packed, 'base64').toString('utf8'), standIns, (value) => value);
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

interface Addressed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string[]>>;
}

/** A request's address and headers with the secrets in place of what stood in for them; the address's are encoded. Pure. */
export function withSecrets({ url, headers }: Addressed, standIns: StandIns): Addressed {
  if (standIns.size === 0) return { url, headers };
  return {
    url: replaced(url, standIns, encodeStrict),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [
        name,
        values.map((value) => replacedInHeader(name, value, standIns)),
      ]),
    ),
  };
}
