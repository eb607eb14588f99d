import type { IncomingHttpHeaders } from 'node:http';

/** Names by which a program on this machine reaches a loopback address, with or without a port. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** True for an address that only this machine reaches. */
export const isLoopbackAddress = (host: string): boolean =>
  LOOPBACK.test(host.includes(':') ? `[${host}]` : host);

/**
 * The header that shows a request to come from a web page of elsewhere (DNS rebinding, a form sent to localhost):
 * undefined when it does not. A mirror may speak to the real service, so a page must not speak through it.
 */
export function foreignHeader({
  host = '',
  origin,
  'sec-fetch-site': site,
}: Pick<IncomingHttpHeaders, 'host' | 'origin' | 'sec-fetch-site'>):
  | { readonly header: string; readonly value: string }
  | undefined {
  if (!LOOPBACK.test(host)) return { header: 'Host', value: host };
  // For a picture, a frame or a link a browser sends no Origin.
  if (origin === undefined)
    return site === 'cross-site' ? { header: 'Sec-Fetch-Site', value: site } : undefined;
  const from = /^https?:\/\/(.*)$/i.exec(origin)?.[1];
  return from !== undefined && LOOPBACK.test(from) ? undefined : { header: 'Origin', value: origin };
}
