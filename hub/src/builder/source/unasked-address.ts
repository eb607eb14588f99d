import { CounterpartError, hubError } from '@counterpart/schemas';

/** Throws SOURCE_UNREADABLE for what begins as a URL and is none. */
export function assertAddress(location: string): void {
  if (!/^https?:\/\//i.test(location) || URL.canParse(location)) return;
  const source = location.replace(/\/\/[^/]*@/, '//');
  throw hubError('SOURCE_UNREADABLE', {
    source,
    detail: 'it is not a valid URL; look at its host and its port',
  });
}

/** The platform's whole word on a port that web clients never ask, whoever listens there (Fetch Standard, 2.9). */
const REFUSED = 'bad port';

/** The same error in words where the address was not asked because of its port. */
export function withPortExplained(error: unknown, location: string): unknown {
  if (!(error instanceof CounterpartError) || error.params['detail'] !== REFUSED) return error;
  const detail = `web clients refuse to ask port ${new URL(location).port}; serve it at another, or give the description as a file`;
  return hubError('SOURCE_UNREADABLE', { source: String(error.params['source']), detail }, { cause: error });
}
