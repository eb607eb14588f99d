import { CounterpartError, type Operation } from '@counterpart/schemas';
import type { KeptAnswer } from '../answer/answer.ts';
import type { ErrorNews } from '../answer/error-body.ts';
import { valueAtSteps, tagOf, textOf, type Outcome, type PageNews, type Visit } from './keeper.ts';
import { visitKept } from './keep.ts';
import type { Address } from './list/page-members.ts';
import { showKept } from './show.ts';

/** What a visit to the things kept leads to. */
export type KeptOutcome =
  | { readonly kind: 'answer'; readonly kept: KeptAnswer }
  | { readonly kind: 'unchanged'; readonly tag: string }
  | { readonly kind: 'error'; readonly news: ErrorNews };

const declaresHeader = ({ http }: Operation, name: string): boolean =>
  http.responses.some(({ headers }) => Object.keys(headers ?? {}).some((one) => one.toLowerCase() === name));

/** Links to the pages around this one (RFC 8288). */
function linkHeader(page: PageNews, { url }: Address): Record<string, string> {
  const links = [
    ...(page.nextQuery === undefined ? [] : [`<${url}?${page.nextQuery}>; rel="next"`]),
    ...(page.previousQuery === undefined ? [] : [`<${url}?${page.previousQuery}>; rel="prev"`]),
  ];
  return links.length > 0 ? { link: links.join(', ') } : {};
}

function headersOf(visit: Visit, outcome: Outcome, address: Address): Record<string, string> {
  const { operation, resource } = visit.binding;
  if (outcome.kind === 'things' && outcome.page) {
    const isLinked =
      declaresHeader(operation, 'link') || operation.pagination?.response.next === 'link-header';
    const total = declaresHeader(operation, 'x-total-count')
      ? { 'x-total-count': String(outcome.page.total) }
      : {};
    return { ...(isLinked ? linkHeader(outcome.page, address) : {}), ...total };
  }
  if (outcome.kind !== 'thing' || outcome.change === 'removed') return {};
  const id = textOf(resource.idSteps && valueAtSteps(outcome.row.value, resource.idSteps)) ?? outcome.row.id;
  const isMade = outcome.change === 'made' && declaresHeader(operation, 'location');
  return {
    ...(declaresHeader(operation, 'etag') ? { etag: `"${tagOf(outcome.row)}"` } : {}),
    ...(isMade ? { location: `${address.url.replace(/\/$/, '')}/${encodeURIComponent(id)}` } : {}),
  };
}

/** RFC 9110, 13.1.2: a reader that has this version already is told so where the description knows that answer. */
function isUnchanged({ raw, binding }: Visit, outcome: Outcome): boolean {
  const wanted = raw.headers.get('if-none-match');
  if (wanted === null || outcome.kind !== 'thing' || binding.role !== 'read') return false;
  const declares304 = binding.operation.http.responses.some(({ status }) => status === '304');
  return declares304 && wanted.includes(`"${tagOf(outcome.row)}"`);
}

function visitSafely(visit: Visit): Outcome {
  try {
    return visitKept(visit);
  } catch (thrown) {
    if (!(thrown instanceof CounterpartError) || thrown.code !== 'STATE_FULL') throw thrown;
    const refusal = {
      status: 507,
      slug: 'state-full',
      title: 'The mirror is full',
      detail: thrown.message,
    } as const;
    return { kind: 'refused', refusal };
  }
}

/** Does to the things kept what the request asks, and says what its answer shows of them. */
export function answerFromKept(visit: Visit): KeptOutcome {
  const outcome = visitSafely(visit);
  if (outcome.kind === 'refused') return { kind: 'error', news: outcome.refusal };
  const { raw, binding, keeper } = visit;
  if (outcome.kind === 'thing' && isUnchanged(visit, outcome))
    return { kind: 'unchanged', tag: tagOf(outcome.row) };
  const address: Address = { url: raw.address ?? raw.path, path: raw.path };
  return {
    kind: 'answer',
    kept: {
      show: (content) => showKept(content, { binding, keeper, outcome, address }),
      isMade: outcome.kind === 'thing' && outcome.change === 'made',
      headers: headersOf(visit, outcome, address),
    },
  };
}
