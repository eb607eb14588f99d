/** An absolute http(s) URL in the parts a connection needs. */
export interface Address {
  readonly protocol: 'http:' | 'https:';
  readonly hostname: string;
  readonly port: number;
  /** `hostname:port`, lower case, as allow-lists write it. */
  readonly host: string;
  /** Path and query exactly as in the URL; at least `/`. */
  readonly path: string;
}

/** Takes an absolute http(s) URL apart without normalising its path. Throws TypeError for anything else. */
export function addressOf(url: string): Address {
  const [, path = ''] = /^https?:\/\/[^/?#]+([^#]*)/i.exec(url) ?? [];
  const parsed = new URL(url);
  const { protocol } = parsed;
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not an http address: ${protocol}`);
  const hostname = parsed.hostname.replace(/^\[|\]$/g, '');
  const port = parsed.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(parsed.port);
  return {
    protocol,
    hostname,
    port,
    host: `${parsed.hostname}:${port}`,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

/** An absolute http(s) URL as a proxy is given it: as it is written, without a user and without a fragment. */
export const withoutUser = (url: string): string =>
  url.replace(/#.*$/s, '').replace(/^(https?:\/\/)[^/?#]*@/i, '$1');

/** True when `host` (`name:port`) fits an entry of the list; `*` in an entry stands for one or more labels or the port. */
export function hostAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => {
    if (!entry.includes('*')) return entry.toLowerCase() === host;
    const pattern = entry
      .toLowerCase()
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${pattern.join('[a-z0-9.-]+')}$`).test(host);
  });
}
