import { hubError } from '@counterpart/schemas';
import { withoutShapes } from '../../secrets/forms.ts';
import { displayName } from '../source.ts';
import { createAsker, type Answer, type Question, type Reach } from './ask.ts';
import { linksOfCatalogue, linksOfPage, linksOfText } from './links.ts';
import { lookAt, lookAtGraphql, lookAtMcp, type FoundKind, type Look } from './look.ts';

/** One place that was asked, and what became of it. */
export interface Tried {
  readonly url: string;
  readonly asked: 'page' | 'graphql' | 'mcp';
  /** `200`, or why there is no answer. */
  readonly outcome: string;
}

export interface Found {
  readonly kind: Exclude<FoundKind, 'page' | 'catalogue'>;
  readonly url: string;
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
}

export interface Discovery {
  /** Without credentials, query and fragment. */
  readonly url: string;
  readonly found: readonly Found[];
  readonly tried: readonly Tried[];
  /** Places that were named and not asked, because they are of another host or there were too many. */
  readonly unasked: readonly string[];
}

const USUAL =
  '/openapi.json /openapi.yaml /openapi.yml /swagger.json /swagger.yaml /v3/api-docs /v2/api-docs /api-docs /api/openapi.json /api/swagger.json /api/v1/openapi.json /api/schema/ /swagger/v1/swagger.json /.well-known/openapi.json /.well-known/api-catalog /docs /redoc /swagger-ui/index.html /swagger /api /llms.txt'.split(
    ' ',
  );
const GRAPHQL = ['/graphql', '/api/graphql', '/v1/graphql', '/query'];
const MCP = ['/mcp', '/sse'];
/** Places asked at most, how many at once, and how long in all. */
const MAX_ASKED = 60;
const AT_ONCE = 4;
const ALL_MS = 45_000;

const FIRST_MESSAGE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'hub', version: '1' } },
};

/**
 * Looks for what a URL has to offer: descriptions at their usual places and where pages name them, GraphQL, MCP, `llms.txt`,
 * data. Asks the URL's own host only. Rejects with SOURCE_UNREADABLE when the host is not to be had.
 */
export async function discover(location: string, outer?: AbortSignal, reach: Reach = {}): Promise<Discovery> {
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location))
    throw hubError('SOURCE_UNREADABLE', {
      source: displayName(location),
      detail: 'only http(s) URLs are looked at',
    });
  const base = new URL(location);
  const timeout = AbortSignal.timeout(ALL_MS);
  const signal = outer === undefined ? timeout : AbortSignal.any([outer, timeout]);
  try {
    const search = new Search(base, await createAsker(base, signal, reach));
    await search.run();
    return search.result(displayName(location));
  } catch (cause) {
    outer?.throwIfAborted();
    const detail = timeout.aborted
      ? `no end within ${ALL_MS} ms`
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw hubError('SOURCE_UNREADABLE', { source: displayName(location), detail }, { cause });
  }
}

interface Place extends Question {
  readonly asked: Tried['asked'];
}

class Search {
  readonly #base: URL;
  readonly #ask: (question: Question) => Promise<Answer | string>;
  readonly #queue: Place[] = [];
  readonly #seen = new Set<string>();
  readonly #tried: Tried[] = [];
  readonly #found = new Map<string, Found>();
  readonly #unasked = new Set<string>();

  constructor(base: URL, ask: (question: Question) => Promise<Answer | string>) {
    this.#base = base;
    this.#ask = ask;
  }

  async run(): Promise<void> {
    this.#add({ url: this.#base, asked: 'page' });
    await this.#work();
    const [first] = this.#tried;
    // A host that does not answer at all is not asked fifty times.
    if (first !== undefined && !/^\d+$/.test(first.outcome)) throw new Error(first.outcome);
    const folder = new URL('.', this.#base).pathname.replace(/\/$/, '');
    for (const prefix of new Set(['', folder])) {
      for (const path of USUAL) this.#add({ url: new URL(prefix + path, this.#base), asked: 'page' });
    }
    const query = { query: '{ __typename __schema { queryType { name } } }' };
    for (const url of [this.#base, ...GRAPHQL.map((path) => new URL(path, this.#base))])
      this.#add({ url, asked: 'graphql', json: query });
    for (const url of [this.#base, ...MCP.map((path) => new URL(path, this.#base))])
      this.#add({ url, asked: 'mcp', json: FIRST_MESSAGE });
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#work()));
  }

  #add(place: Place): void {
    const key = `${place.asked} ${place.url.href}`;
    if (this.#seen.has(key)) return;
    if (place.url.host !== this.#base.host || this.#seen.size >= MAX_ASKED) {
      this.#unasked.add(shown(place.url));
      return;
    }
    this.#seen.add(key);
    this.#queue.push(place);
  }

  async #work(): Promise<void> {
    for (let place = this.#queue.shift(); place !== undefined; place = this.#queue.shift()) {
      const answer = await this.#ask(place);
      const outcome = typeof answer === 'string' ? answer : String(answer.status);
      this.#tried.push({ url: shown(place.url), asked: place.asked, outcome });
      if (typeof answer !== 'string') this.#take(place, answer);
    }
  }

  #take({ asked }: Place, answer: Answer): void {
    const look =
      asked === 'graphql' ? lookAtGraphql(answer) : asked === 'mcp' ? lookAtMcp(answer) : lookAt(answer);
    if (look === undefined) return;
    for (const url of leadsOf(look, answer)) this.#add({ url, asked: 'page' });
    const { kind, title, detail } = look;
    if (kind === 'page' || kind === 'catalogue') return;
    // Data is of interest where it was asked for, not where something else was looked for.
    if (['json', 'csv', 'feed', 'calendar'].includes(kind) && answer.url.href !== this.#base.href) return;
    const url = shown(answer.url);
    this.#found.set(`${kind} ${url}`, { kind, url, title, detail });
  }

  result(url: string): Discovery {
    return {
      url,
      found: [...this.#found.values()],
      tried: this.#tried,
      unasked: [...this.#unasked],
    };
  }
}

function leadsOf({ kind, value }: Look, { text, url }: Answer): URL[] {
  if (kind === 'page') return linksOfPage(text, url);
  if (kind === 'llms') return linksOfText(text, url);
  return kind === 'catalogue' && value !== undefined ? linksOfCatalogue(value, url) : [];
}

/** Without credentials, in its query too, and without a fragment. */
const shown = (url: URL): string => withoutShapes(`${url.origin}${url.pathname}${url.search}`);
