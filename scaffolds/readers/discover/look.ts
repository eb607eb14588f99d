import type { Json } from '@counterpart/schemas';
import { isObject, member, objectMember, textMember } from '../openapi/source/json-tree.ts';
import { parsedJson } from '../har/entries/parse-json.ts';
import type { Answer } from './ask.ts';

/** What was found at a place. `page` and `catalogue` lead on; the last four are data, no description. */
export type FoundKind =
  | 'openapi'
  | 'graphql'
  | 'mcp'
  | 'llms'
  | 'page'
  | 'catalogue'
  | 'json'
  | 'csv'
  | 'feed'
  | 'calendar';

export interface Look {
  readonly kind: FoundKind;
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
  /** The answer's JSON, where it is some. */
  readonly value?: Json | undefined;
}

/** What an answer to a plain GET is; undefined for nothing of use. */
export function lookAt({ status, mediaType, text, url }: Answer): Look | undefined {
  if (status < 200 || status > 299 || text.trim() === '') return undefined;
  const value = /^\s*[[{]/.test(text) ? parsedJson(text) : undefined;
  const described = descriptionOf(text, value);
  if (described) return described;
  if (/^\s*<(?:!doctype html|html)\b/i.test(text) || mediaType === 'text/html')
    return { kind: 'page', title: htmlTitle(text) };
  if (url.pathname.endsWith('/llms.txt') && /^\s*#\s/.test(text))
    return { kind: 'llms', title: /^\s*#\s+(.{1,100})/.exec(text)?.[1] };
  return value === undefined
    ? dataOf(mediaType, text)
    : { kind: leadsOn(value) ? 'catalogue' : 'json', value };
}

/** A catalogue of interfaces, or the settings of a page that shows them. */
const leadsOn = (value: Json): boolean =>
  ['linkset', 'urls'].some((name) => member(value, name) !== undefined) ||
  textMember(value, 'url') !== undefined;

function descriptionOf(text: string, value: Json | undefined): Look | undefined {
  const version = textMember(value, 'openapi') ?? textMember(value, 'swagger');
  if (version !== undefined)
    return { kind: 'openapi', title: textMember(objectMember(value, 'info'), 'title'), detail: version };
  // A description larger than is read here does not parse, and a YAML one is not parsed.
  const head = text.slice(0, 20_000);
  const found =
    /^\s*\{[^]{0,2000}?"(?:openapi|swagger)"\s*:\s*"([\d.]+)"/.exec(head) ??
    /^["']?(?:openapi|swagger)["']?\s*:\s*["']?([\d.]+)/m.exec(head);
  if (!found || value !== undefined || /^\s*</.test(text)) return undefined;
  return {
    kind: 'openapi',
    title: /^\s+"?title"?\s*:\s*["']?([^"'\n]{1,100})/m.exec(head)?.[1],
    detail: found[1],
  };
}

const htmlTitle = (html: string): string | undefined => /<title[^>]*>([^<]{1,100})/i.exec(html)?.[1]?.trim();

function dataOf(mediaType: string, text: string): Look | undefined {
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:rss|feed|rdf:RDF)\b/i.test(text)) return { kind: 'feed' };
  if (text.startsWith('BEGIN:VCALENDAR')) return { kind: 'calendar' };
  return mediaType === 'text/csv' || mediaType === 'text/tab-separated-values' ? { kind: 'csv' } : undefined;
}

/** Said of a GraphQL endpoint that tells its schema. */
export const OPEN = 'introspection is on';

/** What an answer to a GraphQL question is. */
export function lookAtGraphql({ text }: Answer): Look | undefined {
  const value = parsedJson(text);
  const data = objectMember(value, 'data');
  const isOpen = isObject(member(data, '__schema'));
  const answers = isOpen || textMember(data, '__typename') !== undefined;
  const refuses =
    /introspection|__schema|Must provide (?:a )?query|GRAPHQL_/i.test(text) &&
    Array.isArray(member(value, 'errors'));
  if (!answers && !refuses) return undefined;
  return { kind: 'graphql', detail: isOpen ? OPEN : 'introspection is off' };
}

/** What an answer to MCP's first message is, in JSON or as an event. */
export function lookAtMcp({ status, text }: Answer): Look | undefined {
  const message = parsedJson(text) ?? parsedJson(/^data: ?(\{.*)$/m.exec(text)?.[1] ?? '');
  if (textMember(message, 'jsonrpc') !== '2.0') return undefined;
  const info = objectMember(objectMember(message, 'result'), 'serverInfo');
  return {
    kind: 'mcp',
    title: textMember(info, 'name'),
    detail: status === 401 ? 'it wants credentials' : undefined,
  };
}
