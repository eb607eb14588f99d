import type { Operation } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import { locateItem, locateList, successContent, type Located } from './locate.ts';
import { typeNameOf } from './members.ts';
import { keyOf, shapePath, toPieces, type PathShape, type Piece } from './path-shape.ts';
import type { Role } from './resource.ts';
import { isPlural, plain, singular, wordsOf } from './words.ts';

/** An operation as a member of its group. */
export interface Member {
  readonly operation: Operation;
  readonly shape: PathShape;
  readonly role: Role | undefined;
  readonly list?: Located | undefined;
  readonly item?: Located | undefined;
  readonly verb?: string;
}

/** Operations on one kind of thing. */
export interface Group {
  readonly name: string;
  readonly noun: string;
  readonly isSingleton: boolean;
  readonly members: readonly Member[];
}

interface Draft {
  readonly key: string;
  readonly pieces: readonly Piece[];
  readonly shapes: readonly { readonly operation: Operation; readonly shape: PathShape }[];
}

const lastText = (pieces: readonly Piece[]): string => {
  const last = pieces.findLast((piece) => 'text' in piece);
  return last && 'text' in last ? last.text : '';
};

/** The last noun of a piece: `admin.users` are users. */
const nounOf = (pieces: readonly Piece[]): string =>
  singular(lastText(pieces).split('.').at(-1) ?? '').toLowerCase();

/** `/process/{}` and `/processes` are of one group. */
function groupKey(pieces: readonly Piece[]): string {
  const last = pieces.at(-1);
  if (!last || !('text' in last)) return keyOf(pieces).toLowerCase();
  return keyOf([...pieces.slice(0, -1), { text: singular(last.text.toLowerCase()) }]).toLowerCase();
}

function draftGroups(operations: readonly Operation[]): readonly Draft[] {
  const known = new Set(operations.map(({ http }) => keyOf(toPieces(http.path))));
  const shaped = operations.map((operation) => ({ operation, shape: shapePath(operation.http.path, known) }));
  const byKey = Map.groupBy(shaped, ({ shape }) => groupKey(shape.collection));
  return [...byKey].map(([key, shapes]) => ({ key, pieces: shapes[0]?.shape.collection ?? [], shapes }));
}

const ITEM_ROLES: Readonly<Record<string, Role>> = {
  GET: 'read',
  PUT: 'replace',
  PATCH: 'update',
  POST: 'update',
  DELETE: 'remove',
};
const COLLECTION_ROLES: Readonly<Record<string, Role>> = {
  GET: 'list',
  POST: 'create',
  PUT: 'replace',
  PATCH: 'update',
  DELETE: 'clear',
};

function roleOf({ operation, shape }: Draft['shapes'][number], isSingleton: boolean): Role | undefined {
  const { method } = operation.http;
  if (shape.deed !== undefined) {
    if (shape.item !== undefined && (shape.deed === 'create' || shape.deed === 'list')) return 'act';
    return shape.deed;
  }
  return shape.item !== undefined || isSingleton ? ITEM_ROLES[method] : COLLECTION_ROLES[method];
}

function toMember(
  one: Draft['shapes'][number],
  { noun, isSingleton }: Pick<Group, 'noun' | 'isSingleton'>,
  typing: Typing,
): Member {
  const role = roleOf(one, isSingleton);
  const schema = successContent(one.operation)?.schema;
  if (schema === undefined || role === undefined) return { ...one, role: role === 'list' ? undefined : role };
  if (role !== 'list') return { ...one, role, item: locateItem(schema, noun, typing) };
  const list = locateList(schema, noun, typing);
  return { ...one, role: list ? role : undefined, list };
}

/** One thing and not many: read as an object, with no items below it. */
function isSingleton({ shapes, pieces }: Draft, typing: Typing): boolean {
  if (shapes.some(({ shape }) => shape.item !== undefined || shape.deed !== undefined)) return false;
  const reading = shapes.find(({ operation }) => operation.http.method === 'GET');
  const schema = reading && successContent(reading.operation)?.schema;
  return schema !== undefined && locateList(schema, lastText(pieces), typing) === undefined;
}

function toGroup(draft: Draft, typing: Typing): Group {
  const noun = nounOf(draft.pieces);
  const single = isSingleton(draft, typing);
  const name = draft.key.replaceAll(/\/\{\}/g, '').slice(1);
  const members = draft.shapes.map((one) => toMember(one, { noun, isSingleton: single }, typing));
  return { name: name === '' ? noun : name, noun, isSingleton: single, members };
}

const hasItems = ({ members }: Group): boolean => members.some(({ shape }) => shape.item !== undefined);
const typesOf = (group: Group, roles: readonly (Role | undefined)[]): readonly string[] =>
  group.members
    .filter(({ role }) => roles.includes(role))
    .flatMap(({ list, item }) => typeNameOf((list ?? item)?.schema ?? true) ?? []);

const lastWord = (name: string): string => singular(wordsOf(name).at(-1) ?? '');

/** The group whose things a group without items of its own shows or makes; undefined when none or several could be meant. */
function homeOf(group: Group, homes: readonly Group[]): Group | undefined {
  if (group.isSingleton || hasItems(group)) return undefined;
  const types = new Set(typesOf(group, ['create', 'list', 'replace']));
  const sameType = homes.filter((home) =>
    typesOf(home, ['read', 'update', 'replace']).some((name) => types.has(name)),
  );
  if (sameType.length === 1) return sameType[0];
  const words = new Set([...types].map(lastWord));
  const sameNoun = (sameType.length > 1 ? sameType : homes).filter(
    (home) => home.noun === group.noun && typesOf(home, ['read']).some((name) => words.has(lastWord(name))),
  );
  return sameNoun.length === 1 ? sameNoun[0] : undefined;
}

/** Moves groups that show things of another one there. */
function mergeViews(groups: readonly Group[]): readonly Group[] {
  const homes = groups.filter((group) => hasItems(group) && !group.isSingleton);
  const moved = new Map<Group, Member[]>();
  const kept = groups.filter((group) => {
    const home = homeOf(group, homes);
    if (!home) return true;
    moved.set(home, [...(moved.get(home) ?? []), ...group.members]);
    return false;
  });
  return kept.map((group) => ({ ...group, members: [...group.members, ...(moved.get(group) ?? [])] }));
}

const isReading = ({ operation }: Member): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(operation.http.method);

/** Operations below an item that nothing shows, as `/orders/{id}/cancel`: they act on that item. */
function actOn(groups: readonly Group[]): readonly Group[] {
  const items = new Map<string, Group>();
  for (const group of groups) {
    for (const { shape } of group.members) {
      if (shape.item !== undefined && shape.deed === undefined)
        items.set(keyOf([...shape.collection, { parameter: shape.item }]), group);
      else if (shape.deed !== undefined && shape.item === undefined)
        items.set(keyOf(shape.collection), group);
    }
  }
  const acts = new Map<Group, Member[]>();
  const kept = groups.filter((group) => {
    const pieces = group.members[0]?.shape.collection ?? [];
    const target = items.get(keyOf(pieces.slice(0, -1)));
    const isAction =
      !hasItems(group) && !group.members.some(isReading) && !group.members.some(({ shape }) => shape.deed);
    if (!target || target === group || !isAction || isPlural(lastText(pieces))) return true;
    const parent = pieces.at(-2);
    const item = parent && 'parameter' in parent ? { item: parent.parameter } : {};
    const collection = 'item' in item ? pieces.slice(0, -2) : pieces.slice(0, -1);
    const members = group.members.map((member): Member => ({
      ...member,
      role: 'act',
      verb: plain(lastText(pieces)),
      shape: { collection, ...item },
    }));
    acts.set(target, [...(acts.get(target) ?? []), ...members]);
    return false;
  });
  return kept.map((group) => ({ ...group, members: [...group.members, ...(acts.get(group) ?? [])] }));
}

/** Operations by the kind of thing they are about. */
export function groupOperations(operations: readonly Operation[], typing: Typing): readonly Group[] {
  const groups = draftGroups(operations).map((draft) => toGroup(draft, typing));
  const merged = mergeViews(actOn(groups));
  const names = new Map<string, number>();
  return merged.map((group) => {
    const count = (names.get(group.name) ?? 0) + 1;
    names.set(group.name, count);
    return count === 1 ? group : { ...group, name: `${group.name}~${count}` };
  });
}
