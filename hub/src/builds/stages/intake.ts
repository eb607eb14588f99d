import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { discover } from '@counterpart/scaffolds/readers/discover/discover';
import { hubError, LoopPlan, Manifest, type LoopOrder } from '@counterpart/schemas';
import { z } from 'zod';
import { toServerId } from '../../builder/server-id.ts';

/** What was looked for, and the source that was found. */
export const Found = z.strictObject({ source: z.string().optional(), tried: z.array(z.string()) });
export type Found = z.infer<typeof Found>;

/** The plan of an order that names its source: there is nothing to decide. */
export function planOfSource({ text, from = '', name }: LoopOrder): LoopPlan {
  const id = name ?? toServerId(titleOf(from) || text);
  return LoopPlan.parse({ kind: 'description', name: id, title: id, summary: text });
}

/** Names that documents of any service have. */
const GENERAL = /^(?:(?:open)?api|swagger|schema|spec|graphql|index|docs?|v?\d+|latest|)$/i;

/** What a source is called: its file, or its host where every service's file is called so. */
function titleOf(source: string): string {
  const file = basename(source.replace(/[?#].*$/, '')).replace(/\.[a-z]+$/i, '');
  if (!GENERAL.test(file) || !URL.canParse(source)) return file;
  const labels = new URL(source).hostname.split('.');
  const telling = labels.slice(0, -1).filter((label) => !/^(?:www|api|docs?|\d+)$/i.test(label));
  return telling.join(' ') || file;
}

/** The plan of an order whose server a person wrote: its manifest says all. Throws MANIFEST_INVALID. */
export async function planOfFolder(folder: string): Promise<LoopPlan> {
  const file = join(folder, 'manifest.json');
  const invalid = (detail: string, cause?: unknown) =>
    hubError('MANIFEST_INVALID', { file, detail }, { cause });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const isMissing =
      cause instanceof Error && 'code' in cause && /^(?:ENOENT|ENOTDIR)$/.test(String(cause.code));
    const detail = isMissing
      ? 'there is no such file; a folder with a server has one (`hub create <name>` begins such a folder)'
      : String(cause);
    throw invalid(detail, cause);
  });
  if (parse(text) === undefined) throw invalid('it is not JSON');
  const manifest = Manifest.safeParse(parse(text));
  if (!manifest.success) throw invalid(z.prettifyError(manifest.error));
  const { id, title, description, permissions } = manifest.data;
  return LoopPlan.parse({
    kind: 'code',
    name: id,
    title: title.slice(0, 120),
    summary: (description ?? title).slice(0, 1_000),
    net: permissions.net,
  });
}

const URLS = /https?:\/\/[^\s<>"')\]]+/g;
const MOST_PLACES = 5;

/** What a model that searches says to a question: pages, in words. */
export type Researcher = (question: { readonly system: string; readonly prompt: string }) => Promise<string>;

export interface Looking {
  readonly signal: AbortSignal;
  /** Who ordered the build; undefined: the owner. */
  readonly person?: string | undefined;
  /** Undefined: no model searches here. */
  readonly research?: Researcher | undefined;
  /** Default: by asking. */
  readonly discovering?: typeof discover;
}

/**
 * Looks for a description: at the addresses that the person named, then where the plan says, then where a model that
 * searches says. An address is only asked for what stands at it and at its usual places.
 */
export async function lookForSource(
  order: LoopOrder,
  plan: LoopPlan,
  { signal, person, research, discovering = discover }: Looking,
): Promise<Found> {
  const { text, from, files = [] } = order;
  if (from !== undefined) return { source: from, tried: [] };
  // A file of rows may be a description itself: it is compiled as it stands.
  if (plan.kind === 'description' && plan.description === undefined && files.length === 1)
    return { source: files[0], tried: [] };
  const places = [...urlsIn(text), ...(plan.description === undefined ? [] : [plan.description])];
  const look = (urls: readonly string[]): Promise<Found> =>
    lookAt(urls, { signal, discovering, isNamed: (url) => isOwners(order, person, url) });
  const near = await look(places);
  if (near.source !== undefined || plan.kind !== 'description' || research === undefined) return near;
  const searched = await researched(plan, { signal, research });
  if (typeof searched === 'string') return { tried: [...near.tried, searched] };
  const further = await look(searched);
  return { ...further, tried: [...near.tried, `${searched.length} addresses by research`, ...further.tried] };
}

const urlsIn = (text: string): string[] =>
  [...text.matchAll(URLS)].map(([url]) => url.replace(/[.,;:!?]+$/, ''));

const RESEARCH =
  'You find the published, machine-readable descriptions of web services. Answer with addresses (URLs), the official one first, and nothing else.';

/** Addresses that a model found; a text: why there are none. What a person said stays here: only the plan is told. */
async function researched(
  { title, summary }: LoopPlan,
  { signal, research }: { readonly signal: AbortSignal; readonly research: Researcher },
): Promise<readonly string[] | string> {
  const prompt = `Where is the OpenAPI description, or else the API reference, of this service?
${title}: ${summary}`;
  try {
    const urls = urlsIn((await research({ system: RESEARCH, prompt })) ?? '');
    return urls.length > 0 ? urls : 'research named no address';
  } catch (cause) {
    signal.throwIfAborted();
    return `research failed: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

/**
 * Whether the hub's owner named this place, which may then be in their private network. What a person orders, what a model
 * proposes and what a page says leads to public addresses only.
 */
export function isOwners({ text, from }: LoopOrder, person: string | undefined, place: string): boolean {
  if (person !== undefined) return false;
  if (place === from || !/^https?:/i.test(place)) return true;
  const hostOf = (url: string): string | undefined => URL.parse(url)?.host;
  return urlsIn(text).some((url) => hostOf(url) === hostOf(place));
}

interface LookingAt {
  readonly signal: AbortSignal;
  readonly discovering: typeof discover;
  readonly isNamed: (url: string) => boolean;
}

async function lookAt(
  places: readonly string[],
  { signal, discovering, isNamed }: LookingAt,
): Promise<Found> {
  const tried: string[] = [];
  for (const place of [...new Set(places)].slice(0, MOST_PLACES)) {
    const found = await discovering(place, signal, { publicOnly: !isNamed(place) }).catch(
      (cause: unknown) => {
        signal.throwIfAborted();
        return cause instanceof Error ? cause.message : String(cause);
      },
    );
    if (typeof found === 'string') {
      tried.push(`${place}: ${found}`);
      continue;
    }
    const description = found.found.find(({ kind }) => kind === 'openapi');
    if (description !== undefined)
      return { source: description.url, tried: [...tried, `${place}: a description`] };
    tried.push(`${place}: ${found.tried.length} places looked at, no description`);
  }
  return { tried };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
