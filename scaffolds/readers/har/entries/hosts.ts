import { hubError } from '@counterpart/schemas';
import { headerOf, type Exchange } from './exchange.ts';

/** What a recording has of one host. */
export interface HostShare {
  readonly host: string;
  readonly scheme: string;
  /** Exchanges that are a use of an interface. */
  readonly exchanges: readonly Exchange[];
  /** True for the site that was looked at, and for its other hosts. */
  readonly ownSite: boolean;
}

export interface ChosenHosts {
  readonly chosen: readonly HostShare[];
  readonly others: readonly HostShare[];
}

/** Second labels under which registries give names away: `example.co.uk` is one site. */
const SHARED_SECOND = /^(?:co|com|org|net|gov|edu|ac|ne|or|go|gob|nom|id)$/;

/** The name that one owner registered: `api.example.com` and `www.example.com` are `example.com`. */
function siteOf(host: string): string {
  const name = host.replace(/:\d+$/, '');
  if (/^[\d.]+$/.test(name) || name.startsWith('[')) return name;
  const labels = name.split('.');
  const length =
    labels.length > 2 && SHARED_SECOND.test(labels.at(-2) ?? '') && (labels.at(-1) ?? '').length === 2
      ? 3
      : 2;
  return labels.slice(-length).join('.');
}

/**
 * Chooses whose interface is read: the named hosts, or the one with most of an interface, preferring the site that was
 * looked at. Throws INCLUDE_UNMATCHED for a named host that was not recorded.
 */
export function chooseHosts(
  exchanges: readonly Exchange[],
  pages: readonly Exchange[],
  { wanted, location }: { wanted: readonly string[]; location: string },
): ChosenHosts {
  const shares = sharesOf(exchanges, pages);
  if (wanted.length === 0) return { chosen: shares.slice(0, 1), others: shares.slice(1) };
  const isWanted = ({ host }: HostShare): boolean =>
    wanted.some((name) => host === name.toLowerCase() || host.replace(/:\d+$/, '') === name.toLowerCase());
  const missing = wanted.find(
    (name) =>
      !shares.some(
        (share) =>
          share.host.replace(/:\d+$/, '') === name.toLowerCase() || share.host === name.toLowerCase(),
      ),
  );
  if (missing !== undefined) {
    const known = shares
      .map(({ host }) => host)
      .slice(0, 8)
      .join(', ');
    throw hubError('HOST_UNMATCHED', {
      source: location,
      host: missing,
      known: known === '' ? 'none' : known,
    });
  }
  return { chosen: shares.filter(isWanted), others: shares.filter((share) => !isWanted(share)) };
}

function sharesOf(exchanges: readonly Exchange[], pages: readonly Exchange[]): HostShare[] {
  const sites = new Set(lookedAt(exchanges, pages));
  const byHost = Map.groupBy(exchanges, ({ host }) => host);
  const shares = [...byHost].map(([host, list]) => ({
    host,
    scheme: list.some(({ scheme }) => scheme === 'https') ? 'https' : 'http',
    exchanges: list,
    ownSite: sites.size === 0 || sites.has(siteOf(host)),
  }));
  return shares.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.host < b.host ? -1 : 1));
}

/** Sites whose pages were open: those that navigated, or, where none did, those that requests came from. */
function lookedAt(exchanges: readonly Exchange[], pages: readonly Exchange[]): string[] {
  if (pages.length > 0) return pages.slice(0, 1).map(({ host }) => siteOf(host));
  return exchanges.flatMap(({ headers }) => {
    const origin = headerOf(headers, 'origin') ?? headerOf(headers, 'referer') ?? '';
    return URL.canParse(origin) ? [siteOf(new URL(origin).host)] : [];
  });
}

/** How much of an interface a host has: different calls count more than the same one again. */
function weightOf({ exchanges, ownSite }: HostShare): number {
  const calls = new Set(exchanges.map(({ method, path }) => `${method} ${path}`));
  const data = exchanges.filter(
    ({ answer, body }) => answer?.kind === 'json' || body?.kind === 'json',
  ).length;
  return (calls.size + data + Math.log2(1 + exchanges.length)) * (ownSite ? 10 : 1);
}
