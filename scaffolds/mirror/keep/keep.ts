import type { JsonObject } from '@counterpart/schemas';
import type { Resource } from '../resource/resource.ts';
import { plain } from '../resource/words.ts';
import { isArray } from '../schema/json-value.ts';
import type { Scope, StoredRow } from '../state/snapshot.ts';
import { afterDeed } from './deeds.ts';
import {
  requestValue,
  scopeOf,
  tagOf,
  textOf,
  toIdentifier,
  valueAtSteps,
  type Outcome,
  type Refusal,
  type Visit,
} from './keeper.ts';
import { jsonPatch, mergePatch } from './value/merge.ts';
import { cutPage } from './list/page-cut.ts';
import { filterRows, isBelow, refersTo, selectRows } from './list/query.ts';
import { defined, isRefusal, makeOne, sentThings, writable } from './make.ts';
import { changedRemotely, rowsBelowParent } from './remote-call.ts';
import { findRow, namesOf, seedCollection, settle } from './rows.ts';

const refused = (refusal: Refusal): Outcome => ({ kind: 'refused', refusal });

function missing(resource: Resource, id: string): Outcome {
  const detail = `There is no ${resource.noun} ${id}.`;
  return refused({ status: 404, slug: 'not-found', title: 'Not found', detail });
}

function create(visit: Visit, scope: Scope): Outcome {
  seedCollection(visit.binding.resource, { scope, places: visit.binding.scope }, visit.keeper);
  const rows: StoredRow[] = [];
  for (const sent of sentThings(visit)) {
    const made = makeOne(visit, sent, scope);
    if (isRefusal(made)) return refused(made);
    rows.push(made);
  }
  const [only, ...others] = rows;
  if (only && others.length === 0) return { kind: 'thing', row: only, change: 'made' };
  return { kind: 'things', rows };
}

/** The row a request names; without a name the first one, as services answer when asked for nothing in particular. */
function named(visit: Visit, scope: Scope): StoredRow | undefined {
  const { binding, request, keeper } = visit;
  const { resource } = binding;
  const value = toIdentifier(binding.id && requestValue(request, binding.id));
  const id = resource.isSingleton ? '' : value;
  if (id !== undefined) return findRow(resource, { id, scope, places: binding.scope }, keeper);
  seedCollection(resource, { scope, places: binding.scope }, keeper);
  return keeper.state.list(resource.name, scope)[0];
}

function staleTag({ raw, binding }: Visit, row: StoredRow): Refusal | undefined {
  const wanted = raw.headers.get('if-match');
  const isAsked = binding.operation.http.parameters.some((one) => one.name.toLowerCase() === 'if-match');
  if (wanted === null || wanted === '*' || !isAsked) return undefined;
  const tags = wanted.split(',').map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''));
  if (tags.includes(tagOf(row)) || tags.includes(String(row.version))) return undefined;
  const detail = `The ${binding.resource.noun} ${row.id} has changed: its tag is "${tagOf(row)}".`;
  return { status: 412, slug: 'precondition-failed', title: 'Changed in between', detail };
}

function changeTo(visit: Visit, row: StoredRow, value: JsonObject): Outcome {
  const { binding, keeper } = visit;
  const { state } = keeper;
  const times = {
    scope: row.scope,
    createdAtMs: row.createdAtMs,
    updatedAtMs: state.nowMs() + 1_000,
    places: [],
  };
  const { idSteps } = binding.resource;
  const id = toIdentifier(idSteps && valueAtSteps(value, idSteps)) ?? row.id;
  const settled = settle(value, binding.resource, { ...times, id }, keeper);
  const changed = state.update(binding.resource.name, row, settled) ?? row;
  return { kind: 'thing', row: changed, change: 'changed' };
}

function update(visit: Visit, row: StoredRow): Outcome {
  const stale = staleTag(visit, row);
  if (stale) return refused(stale);
  const mediaType = visit.raw.headers.get('content-type') ?? '';
  const body = visit.request.body?.wire;
  if (/json-patch/.test(mediaType) && isArray(body)) {
    const patched = jsonPatch(row.value, body);
    if (patched.kind === 'patched') return changeTo(visit, row, defined(patched.value));
    const { reason: detail } = patched;
    return refused({ status: 422, slug: 'patch-failed', title: 'The patch cannot be applied', detail });
  }
  const [sent = {}] = sentThings(visit);
  const changes = writable(sent, visit);
  const merged =
    changedRemotely(visit, row.value, changes) ??
    mergePatch(row.value, changes, /merge-patch/.test(mediaType));
  return changeTo(visit, row, defined(merged));
}

/** PUT: what callers may set is as they say, and no more than that. */
function replace(visit: Visit, scope: Scope): Outcome {
  const { binding, request, keeper } = visit;
  const { resource } = binding;
  const [sent = {}] = sentThings(visit);
  const inBody = resource.idSteps && valueAtSteps(sent, resource.idSteps);
  const inRequest = binding.id && requestValue(request, binding.id);
  const id = resource.isSingleton ? '' : toIdentifier(inRequest ?? inBody);
  if (id === undefined) return create(visit, scope);
  seedCollection(resource, { scope, places: binding.scope }, keeper);
  const row = keeper.state.get(resource.name, { id: String(id), scope });
  if (!row) {
    const made = makeOne(visit, sent, scope);
    return isRefusal(made) ? refused(made) : { kind: 'thing', row: made, change: 'made' };
  }
  const stale = staleTag(visit, row);
  if (stale) return refused(stale);
  const settable = new Set([...resource.settable.keys()].map(plain));
  const kept = Object.entries(row.value).filter(([name]) => !settable.has(plain(name)));
  return changeTo(visit, row, { ...Object.fromEntries(kept), ...writable(sent, visit) });
}

function remove(visit: Visit, row: StoredRow): Outcome {
  const stale = staleTag(visit, row);
  if (stale) return refused(stale);
  visit.keeper.state.remove(visit.binding.resource.name, row, namesOf(row));
  return { kind: 'thing', row, change: 'removed' };
}

function clear({ binding, keeper }: Visit, scope: Scope): Outcome {
  const { name } = binding.resource;
  seedCollection(binding.resource, { scope, places: binding.scope }, keeper);
  for (const row of keeper.state.list(name).filter((one) => isBelow(one, scope)))
    keeper.state.remove(name, row);
  return { kind: 'done' };
}

function act(visit: Visit, row: StoredRow): Outcome {
  const [sent = {}] = sentThings(visit);
  const value = afterDeed(row.value, { verb: visit.binding.verb ?? '', sent: writable(sent, visit) }, visit);
  return changeTo(visit, row, value);
}

/** The first thing above the asked one that was removed: what lies below it is gone with it. */
function goneParent({ binding, request, keeper }: Visit): Outcome | undefined {
  for (const { parent, parameter } of binding.scope) {
    const id =
      parent === undefined ? undefined : textOf(requestValue(request, { in: 'path', name: parameter }));
    const resource = parent === undefined ? undefined : keeper.resources.get(parent);
    if (id === undefined || !resource) continue;
    const isGone =
      keeper.state.isRemoved(resource.name, { id }) ||
      (keeper.unknownIds === 'refuse' && !findRow(resource, { id, scope: {}, places: [] }, keeper));
    if (isGone && !keeper.state.get(resource.name, { id })) return missing(resource, id);
  }
  return undefined;
}

function list(visit: Visit, scope: Scope): Outcome {
  seedCollection(visit.binding.resource, { scope, places: visit.binding.scope }, visit.keeper);
  return { kind: 'things', ...cutPage(visit, rowsBelowParent(visit, selectRows(visit, scope))) };
}

/** Things of every kind that refer to the one asked about, or all that there are. */
function gather(visit: Visit, scope: Scope): Outcome {
  const { binding, keeper, request } = visit;
  const id = binding.id && textOf(requestValue(request, binding.id));
  if (id !== undefined && !named(visit, scope)) return missing(binding.resource, id);
  const rows = keeper.state
    .collections()
    .flatMap((name) => keeper.state.list(name))
    .filter((row) => id === undefined || refersTo(row.value, binding.resource.noun, id));
  return { kind: 'things', ...cutPage(visit, filterRows(visit, rows)) };
}

/** What operations on one thing that is there do. */
const ON_ONE: Readonly<
  Record<'read' | 'update' | 'remove' | 'act', (visit: Visit, row: StoredRow) => Outcome>
> = {
  read: (_, row) => ({ kind: 'thing', row, change: 'none' }),
  update,
  remove,
  act,
};

/** Does to what is kept what the operation does, and says what there is to show. */
export function visitKept(visit: Visit): Outcome {
  const { binding, request } = visit;
  const gone = goneParent(visit);
  if (gone) return gone;
  const scope = scopeOf(visit);
  switch (binding.role) {
    case 'create':
      return create(visit, scope);
    case 'list':
      return list(visit, scope);
    case 'replace':
      return replace(visit, scope);
    case 'clear':
      return clear(visit, scope);
    case 'gather':
      return gather(visit, scope);
    case 'read':
    case 'update':
    case 'remove':
    case 'act': {
      const row = named(visit, scope);
      if (row) return ON_ONE[binding.role](visit, row);
      return missing(binding.resource, textOf(binding.id && requestValue(request, binding.id)) ?? '');
    }
  }
}
