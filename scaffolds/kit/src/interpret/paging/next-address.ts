import type { Json } from '@counterpart/schemas';
import { isMembers } from '../../json-value.ts';
import type { Next, Page, PagedOperation } from './page.ts';

/** The type that the input's schema gives an argument of this key, when it stands there plainly. */
function typeOf({ input }: PagedOperation, key: string): Json | undefined {
  const properties = typeof input === 'boolean' ? undefined : input['properties'];
  const schema = isMembers(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isMembers(schema) ? schema['type'] : undefined;
}

function typed(operation: PagedOperation, key: string, texts: readonly string[]): Json {
  const type = [typeOf(operation, key)].flat();
  if (type.includes('array')) return [...texts];
  const text = texts[0] ?? '';
  const isNumber = type.includes('integer') || type.includes('number');
  if (isNumber && /^-?\d{1,15}$/.test(text)) return Number(text);
  return type.includes('boolean') && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/**
 * The address on our own host: services behind a proxy give links with the name the world knows them by. Undefined when
 * it leads elsewhere, where credentials must not go.
 */
function onSameHost(address: URL, here: URL): URL | undefined {
  if (address.origin === here.origin) return address;
  const isSamePlace = address.pathname.endsWith(here.pathname) || here.pathname.endsWith(address.pathname);
  if (!isSamePlace || address.pathname.length < 2) return undefined;
  const moved = new URL(here);
  moved.search = address.search;
  return moved;
}

/** What an address asks for beside the page that was read: as input where every difference has a key, else as it is. */
export function nextAddress(operation: PagedOperation, page: Page, link: string): Next {
  const here = new URL(page.url);
  if (!URL.canParse(link, page.url)) return { kind: 'end' };
  const address = onSameHost(new URL(link, page.url), here);
  if (address === undefined || address.href === here.href) return { kind: 'end' };
  const keys = new Map(
    operation.http.parameters
      .filter(({ in: place }) => place === 'query')
      .map(({ name, key }) => [name, key] as const),
  );
  const names = [...new Set([...address.searchParams.keys(), ...here.searchParams.keys()])];
  const changed = names.filter((name) => {
    const [next, now] = [address.searchParams.getAll(name), here.searchParams.getAll(name)];
    // A credential of ours is not repeated in the link.
    const isOwn = next.length === 0 && !keys.has(name);
    return !isOwn && JSON.stringify(next) !== JSON.stringify(now);
  });
  if (changed.length === 0 && address.pathname === here.pathname) return { kind: 'end' };
  const isCovered = changed.every((name) => keys.has(name) && address.searchParams.has(name));
  if (address.pathname !== here.pathname || !isCovered) return { kind: 'url', url: address.href };
  const input = changed.flatMap((name): [string, Json][] => {
    const key = keys.get(name);
    return key === undefined ? [] : [[key, typed(operation, key, address.searchParams.getAll(name))]];
  });
  return { kind: 'input', input: Object.fromEntries(input) };
}
