import type { Json } from '@counterpart/schemas';
import { isArray, isObject, listMember, textMember } from '../openapi/source/json-tree.ts';

/**
 * Where pages say that their description is: the settings of the viewers in use, links, and names that say so. Every part has
 * a greatest length: a page made for it would otherwise keep the search busy for hours.
 */
const IN_PAGES: readonly RegExp[] = [
  /\bspec-url\s{0,20}=\s{0,20}["']([^"']{1,500})["']/gi,
  /\bapiDescriptionUrl\s{0,20}=\s{0,20}["']([^"']{1,500})["']/gi,
  /\bdata-url\s{0,20}=\s{0,20}["']([^"']{1,500})["']/gi,
  /["']?(?:spec-?url|configUrl|apiDescriptionUrl|openapi_url|url)["']?\s{0,20}:\s{0,20}["']([^"']{1,500})["']/gi,
  /Redoc\.init\(\s{0,20}["']([^"']{1,500})["']/gi,
  /\brel\s{0,20}=\s{0,20}["']?(?:service-desc|describedby)["']?[^>]{0,300}\bhref\s{0,20}=\s{0,20}["']([^"']{1,500})["']/gi,
  /\b(?:href|src)\s{0,20}=\s{0,20}["']([^"']{0,250}(?:openapi|swagger|api-docs)[^"']{0,250})["']/gi,
  /["']([^"'\s]{0,250}(?:openapi|swagger)[^"'\s]{0,250}\.(?:json|ya?ml))["']/gi,
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
