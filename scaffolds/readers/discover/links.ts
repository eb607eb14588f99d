import type { Json } from '@counterpart/schemas';
import { isArray, isObject, listMember, textMember } from '../openapi/source/json-tree.ts';

/** Where pages say that their description is: the settings of the viewers in use, links, and names that say so. */
const IN_PAGES: readonly RegExp[] = [
  /\bspec-url\s*=\s*["']([^"']+)["']/gi,
  /\bapiDescriptionUrl\s*=\s*["']([^"']+)["']/gi,
  /\bdata-url\s*=\s*["']([^"']+)["']/gi,
  /["']?(?:spec-?url|configUrl|apiDescriptionUrl|openapi_url|url)["']?\s*:\s*["']([^"']+)["']/gi,
  /Redoc\.init\(\s*["']([^"']+)["']/gi,
  /\brel\s*=\s*["']?(?:service-desc|describedby)["']?[^>]*\bhref\s*=\s*["']([^"']+)["']/gi,
  /\b(?:href|src)\s*=\s*["']([^"']*(?:openapi|swagger|api-docs)[^"']*)["']/gi,
  /["']([^"'\s]*(?:openapi|swagger)[^"'\s]*\.(?:json|ya?ml))["']/gi,
];
const IN_TEXT = /(?:\]\(|<|\s|^)(https?:\/\/[^\s)>]+|\/[^\s)>]+)/gm;
const NAMES_A_DESCRIPTION =
  /(?:openapi|swagger|api-docs)[^/]*(?:\.(?:json|ya?ml))?(?:$|[?#/])|graphql(?:$|[?#/])/i;
/** What such links lead to that is part of the viewer itself. */
const ASSET = /\.(?:js|css|png|svg|ico|map|woff2?|html?)(?:$|[?#])/i;
const MAX_LINKS = 12;

function absolute(links: Iterable<string>, base: URL): URL[] {
  const found = new Map<string, URL>();
  for (const link of links) {
    const plain = link.trim().replaceAll('&amp;', '&');
    if (plain === '' || ASSET.test(plain) || !URL.canParse(plain, base.href)) continue;
    const url = new URL(plain, base);
    url.hash = '';
    if (/^https?:$/.test(url.protocol) && found.size < MAX_LINKS) found.set(url.href, url);
  }
  return [...found.values()];
}

/** Addresses of descriptions that a page of documentation names. */
export const linksOfPage = (html: string, base: URL): URL[] =>
  absolute(
    IN_PAGES.flatMap((pattern) => [...html.matchAll(pattern)].map((match) => match[1] ?? '')),
    base,
  );

/** Addresses of descriptions that a text such as `llms.txt` names. */
export const linksOfText = (text: string, base: URL): URL[] =>
  absolute(
    [...text.matchAll(IN_TEXT)]
      .map((match) => match[1] ?? '')
      .filter((link) => NAMES_A_DESCRIPTION.test(link)),
    base,
  );

/** Addresses of descriptions in a catalogue of interfaces (RFC 9727, a linkset of RFC 9264) or a viewer's settings. */
export function linksOfCatalogue(value: Json, base: URL): URL[] {
  const sets = listMember(value, 'linkset').flatMap((set) =>
    ['service-desc', 'item'].flatMap((relation) => listMember(set, relation)),
  );
  const settings = isObject(value) ? [value, ...listMember(value, 'urls')] : isArray(value) ? value : [];
  const links = [
    ...sets.map((one) => textMember(one, 'href')),
    ...settings.map((one) => textMember(one, 'url')),
  ];
  return absolute(
    links.filter((link) => link !== undefined),
    base,
  );
}
