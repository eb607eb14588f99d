import { canonicalJson, type HarEntry, type Json, REDACTED, type ReplayMatching } from '@counterpart/schemas';
import type { RawRequest } from '../request/decode-request.ts';
import { isArray, isObject, parseJson } from '../schema/json-value.ts';
import { decodeText } from './exchange.ts';
import { queryPairs, requestBytes } from './har-entry.ts';

/** A recorded exchange that a request may be answered with. */
export interface Recorded {
  readonly entry: HarEntry;
  /** Place in the recording, from 0. */
  readonly index: number;
}

/** How the nearest recorded request differs from the one that was asked. */
export interface NearMiss {
  readonly method: string;
  readonly path: string;
  /** Such as `query page: recorded "1", asked "2"`. */
  readonly differences: readonly string[];
}

export type Replayed =
  | { readonly kind: 'hit'; readonly recorded: Recorded }
  | { readonly kind: 'miss'; readonly near: readonly NearMiss[] };

/** Answers from a recording. Of equal requests the first gets the first answer, the next the next; the last one stays. */
export interface ReplayBook {
  readonly size: number;
  find(request: RawRequest): Replayed;
  /** The next request of every kind gets the first answer again. */
  rewind(): void;
}

interface ReplayCase {
  readonly recorded: Recorded;
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly bodyText: string;
  readonly body: Json | undefined;
  /** Requests with this text may be the same. */
  readonly key: string;
}

const MAX_NEAR = 3;
const SHOWN_CHARACTERS = 60;

/** What may differ; query parameters with a secret name are never compared. */
export type Matching = ReplayMatching & { readonly isSecret: (name: string) => boolean };

/**
 * Opens recorded entries for replay. `bases` are addresses that the mirror stands for: what follows one of them is the
 * path below the mirror. Entries whose answer was cut are left out.
 */
export function createReplayBook(
  entries: readonly HarEntry[],
  bases: readonly string[],
  matching: Matching,
): ReplayBook {
  const cases = entries
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => entry._cut !== true && entry.response.status >= 200)
    .map((recorded) => caseOf(recorded, bases, matching));
  const byKey = Map.groupBy(cases, ({ key }) => key);
  const turns = new Map<string, number>();
  return {
    size: cases.length,
    find(request) {
      const asked = askedCase(request, matching);
      const fitting = (byKey.get(asked.key) ?? []).filter((one) => bodiesFit(one, asked, matching));
      const turnOf = `${asked.key} ${asked.bodyText}`;
      const turn = turns.get(turnOf) ?? 0;
      const hit = fitting[Math.min(turn, fitting.length - 1)];
      if (!hit) return { kind: 'miss', near: nearest(cases, asked, matching) };
      turns.set(turnOf, turn + 1);
      return { kind: 'hit', recorded: hit.recorded };
    },
    rewind: () => turns.clear(),
  };
}

/** The path below a mirror that stands for one of `bases`. */
export function pathBelow(url: string, bases: readonly string[]): string {
  const place = url.split(/[?#]/)[0] ?? '';
  for (const base of bases) {
    const stem = base.replace(/\/+$/, '');
    if (place === stem || place.startsWith(`${stem}/`)) return place.slice(stem.length) || '/';
  }
  return /^[a-z][a-z\d+.-]*:\/\/[^/]*(\/.*)?$/i.exec(place)?.[1] ?? (place === '' ? '/' : place);
}

type Asked = Omit<ReplayCase, 'recorded'>;

function caseOf(recorded: Recorded, bases: readonly string[], matching: Matching): ReplayCase {
  const { request } = recorded.entry;
  const bytes = requestBytes(request);
  const query = request.url.split('#')[0]?.split('?').slice(1).join('?') ?? '';
  return {
    recorded,
    ...partsOf({ method: request.method, path: pathBelow(request.url, bases), query }, bytes, matching),
  };
}

const askedCase = ({ method, path, query, body }: RawRequest, matching: Matching): Asked =>
  partsOf({ method, path, query }, body, matching);

function partsOf(
  { method, path, query }: { method: string; path: string; query: string },
  bytes: Uint8Array,
  matching: Matching,
): Asked {
  const bodyText = decodeText(bytes) ?? Buffer.from(bytes).toString('base64');
  const parsed = /^\s*[[{"]/.test(bodyText) ? parseJson(bodyText) : undefined;
  const pairs = queryPairs(query)
    .filter(({ name }) => !matching.ignoreQuery.includes(name) && !matching.isSecret(name))
    .map(({ name, value }) => `${name}=${value}`)
    .sort();
  const plainPath = decodePlain(path).replace(/(?<=.)\/+$/, '');
  const names = pairs.map((pair) => pair.split('=')[0]);
  return {
    method,
    path: plainPath,
    query: pairs,
    bodyText,
    body: parsed?.kind === 'value' ? parsed.value : undefined,
    key: `${method} ${plainPath}?${names.join('&')}`,
  };
}

function decodePlain(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** Whether query values and bodies are the same, as far as they were written down. */
function bodiesFit(recorded: Asked, asked: Asked, matching: ReplayMatching): boolean {
  return (
    queryDifferences(recorded, asked).length === 0 &&
    (matching.body === 'ignore' || bodyDifferences(recorded, asked, matching).length === 0)
  );
}

function queryDifferences(recorded: Asked, asked: Asked): string[] {
  const values = (pairs: readonly string[]) => Map.groupBy(pairs, (pair) => pair.split('=')[0] ?? '');
  const [theirs, ours] = [values(recorded.query), values(asked.query)];
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((name) => {
    const [was, is] = [theirs.get(name), ours.get(name)].map((pairs) =>
      pairs?.map((pair) => pair.slice(name.length + 1)).join(', '),
    );
    if (was === is || (was?.includes(REDACTED) === true && is !== undefined)) return [];
    return [`query ${name}: recorded ${shown(was)}, asked ${shown(is)}`];
  });
}

function bodyDifferences(recorded: Asked, asked: Asked, matching: ReplayMatching): string[] {
  if (recorded.body !== undefined && asked.body !== undefined)
    return valueDifferences(recorded.body, asked.body, '', matching.ignoreBody);
  if (recorded.bodyText === asked.bodyText) return [];
  if (recorded.bodyText.includes(REDACTED) && patternOf(recorded.bodyText).test(asked.bodyText)) return [];
  if (recorded.bodyText.includes(encodeURIComponent(REDACTED)) && formsFit(recorded.bodyText, asked.bodyText))
    return [];
  return [`body: recorded ${shown(recorded.bodyText)}, asked ${shown(asked.bodyText)}`];
}

/** A text whose redacted places may hold anything. */
function patternOf(text: string): RegExp {
  const parts = text.split(REDACTED).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*?')}$`);
}

function formsFit(recorded: string, asked: string): boolean {
  const [theirs, ours] = [recorded.split('&'), asked.split('&')];
  return (
    theirs.length === ours.length &&
    theirs.every((pair, index) => {
      const [name, value] = pair.split('=');
      return value === encodeURIComponent(REDACTED)
        ? ours[index]?.split('=')[0] === name
        : pair === ours[index];
    })
  );
}

function valueDifferences(was: Json, is: Json, place: string, ignored: readonly string[]): string[] {
  if (was === REDACTED || ignored.includes(place)) return [];
  if (isArray(was) && isArray(is) && was.length === is.length)
    return was.flatMap((item, index) =>
      valueDifferences(item, is[index] ?? null, `${place}/${index}`, ignored),
    );
  if (isObject(was) && isObject(is)) {
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) => {
      const [mine, theirs] = [was[name], is[name]];
      const below = `${place}/${name}`;
      if (mine !== undefined && theirs !== undefined) return valueDifferences(mine, theirs, below, ignored);
      return ignored.includes(below)
        ? []
        : [`body ${below}: recorded ${shown(mine)}, asked ${shown(theirs)}`];
    });
  }
  return canonicalJson(was) === canonicalJson(is)
    ? []
    : [`body ${place === '' ? 'as a whole' : place}: recorded ${shown(was)}, asked ${shown(is)}`];
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function nearest(cases: readonly ReplayCase[], asked: Asked, matching: ReplayMatching): NearMiss[] {
  const differencesOf = (one: ReplayCase): string[] => [
    ...(one.method === asked.method ? [] : [`method: recorded ${one.method}, asked ${asked.method}`]),
    ...(one.path === asked.path ? [] : [`path: recorded ${one.path}, asked ${asked.path}`]),
    ...queryDifferences(one, asked),
    ...(matching.body === 'ignore' ? [] : bodyDifferences(one, asked, matching)),
  ];
  const cost = (one: ReplayCase): number =>
    (one.path === asked.path ? 0 : 2) + (one.method === asked.method ? 0 : 2);
  const near = cases
    .map((one) => ({ one, cost: cost(one) }))
    .filter(({ one, cost: far }) => far < 4 && (one.path === asked.path || sharesStem(one.path, asked.path)))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, MAX_NEAR * 4)
    .map(({ one }) => ({ method: one.method, path: one.path, differences: differencesOf(one) }));
  return near.toSorted((a, b) => a.differences.length - b.differences.length).slice(0, MAX_NEAR);
}

/** Paths of one family: all but their last segments are equal. */
function sharesStem(a: string, b: string): boolean {
  const stem = (path: string) => path.slice(0, path.lastIndexOf('/'));
  return stem(a) === stem(b) || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
