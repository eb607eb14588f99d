import type { JsonSchema, Operation } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import { contentSchema, saysNothing, type HouseStyle } from './house-style.ts';
import { locateItem, locateList, successContent, type Located, type Steps } from './locate.ts';
import { typeNameOf } from './members.ts';
import { keyOf, shapePath, toPieces, type PathShape, type Piece } from './path-shape.ts';
import { bodyShape } from './request-body.ts';
import type { Role } from './resource.ts';
import { isPlural, plain, singular, wordsOf, type Called } from './words.ts';

/** An operation as a member of its group. */
export interface Member {
  readonly operation: Operation;
  readonly shape: PathShape;
  readonly role: Role | undefined;
  readonly list?: Located | undefined;
  readonly item?: Located | undefined;
  readonly verb?: string;
  /** The thing in the body. */
  readonly bodySteps: Steps;
}

/** Operations on one kind of thing. */
export interface Group {
  readonly name: string;
  readonly noun: string;
  readonly isSingleton: boolean;
  readonly members: readonly Member[];
}

/** What groups are found with. */
export interface Grouping {
  readonly typing: Typing;
  readonly style: HouseStyle;
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

/** What an answer that nothing is said of does to the role: a query at one thing lists what refers to it. */
function openRole(one: Draft['shapes'][number], role: Role | undefined, isOpen: boolean): Role | undefined {
  const { shape } = one;
  if (!isOpen || shape.deed !== 'list') return role;
  const isSearch = shape.item !== undefined || shape.collection.length < 2;
  return isSearch ? 'gather' : role;
}

/** PATCH on a collection, with a list of new things in its body, adds them. */
function addsThings({ operation, shape }: Draft['shapes'][number], bodySteps: Steps): boolean {
  return operation.http.method === 'PATCH' && shape.item === undefined && bodySteps.at(-1) === 0;
}

const stepsInBody = (operation: Operation, noun: string, shown: Located | undefined, typing: Typing): Steps =>
  bodyShape(operation, typing, { noun, shown: shown?.schema })?.steps ?? [];

function toMember(
  one: Draft['shapes'][number],
  { noun, isSingleton, parameter }: Pick<Group, 'noun' | 'isSingleton'> & Called,
  { typing, style }: Grouping,
): Member {
  const content = successContent(one.operation);
  const schema = content && contentSchema(content, typing);
  const isOpen = saysNothing(schema, typing) && style.listName !== undefined;
  const plainRole = roleOf(one, isSingleton);
  const isListing = plainRole === 'list' && one.operation.http.body === undefined;
  const shown = isListing ? undefined : locateItem(schema ?? false, { noun, parameter }, typing);
  const bodySteps = stepsInBody(one.operation, noun, shown, typing);
  const adds = !isSingleton && addsThings(one, bodySteps);
  const role = adds ? 'create' : openRole(one, plainRole, isOpen);
  const member = { ...one, bodySteps };
  if (schema === undefined || role === undefined)
    return { ...member, role: role === 'list' ? undefined : role };
  if (role !== 'list' && role !== 'gather') return { ...member, role, item: shown };
  const list = locateList(schema, noun, typing) ?? houseList(schema, style, typing);
  return { ...member, role: list ? role : undefined, list };
}

/** Where nothing is said of an answer, a list stands where the service's lists usually stand. */
function houseList(schema: JsonSchema, style: HouseStyle, typing: Typing): Located | undefined {
  if (style.listName === undefined || !saysNothing(schema, typing)) return undefined;
  return { steps: [style.listName], schema };
}

/** One thing and not many: read as an object, with no items below it. */
function isSingleton({ shapes, pieces }: Draft, { typing, style }: Grouping): boolean {
  if (shapes.some(({ shape }) => shape.item !== undefined || shape.deed !== undefined)) return false;
  const reading = shapes.find(({ operation }) => operation.http.method === 'GET');
  const content = reading && successContent(reading.operation);
  if (!content) return false;
  const schema = contentSchema(content, typing);
  if (isPlural(lastText(pieces)) && houseList(schema, style, typing)) return false;
  return locateList(schema, lastText(pieces), typing) === undefined;
}

function toGroup(draft: Draft, grouping: Grouping): Group {
  const noun = nounOf(draft.pieces);
  const single = isSingleton(draft, grouping);
  const name = draft.key.replaceAll(/\/\{\}/g, '').slice(1);
  const parameter = draft.shapes.find(({ shape }) => shape.item !== undefined)?.shape.item;
  const called = { noun, isSingleton: single, parameter };
  const members = draft.shapes.map((one) => toMember(one, called, grouping));
  return { name: name === '' ? noun : name, noun, isSingleton: single, members };
}

const hasItems = ({ members }: Group): boolean => members.some(({ shape }) => shape.item !== undefined);
const typesOf = (group: Group, roles: readonly (Role | undefined)[]): readonly string[] =>
  group.members
    .filter(({ role }) => roles.includes(role))
    .flatMap(({ list, item }) => typeNameOf((list ?? item)?.schema ?? true) ?? []);

const lastWord = (name: string): string => singular(wordsOf(name).at(-1) ?? '');

/** Children of a thing are such things. */
const CHILDREN = new Set(['child', 'descendant', 'ancestor', 'sibling']);

function parentHome(group: Group, homes: readonly Group[]): Group | undefined {
  const pieces = group.members[0]?.shape.collection ?? [];
  const parent = pieces.at(-2);
  if (!CHILDREN.has(group.noun) || !parent || !('parameter' in parent)) return undefined;
  const key = groupKey(pieces.slice(0, -2));
  return homes.find(({ members }) => members.some(({ shape }) => groupKey(shape.collection) === key));
}

/** The group whose things a group without items of its own shows or makes; undefined when none or several could be meant. */
function homeOf(group: Group, homes: readonly Group[]): Group | undefined {
  if (group.isSingleton || hasItems(group)) return undefined;
  const parent = parentHome(group, homes);
  if (parent) return parent;
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
export function groupOperations(operations: readonly Operation[], grouping: Grouping): readonly Group[] {
  const groups = draftGroups(operations).map((draft) => toGroup(draft, grouping));
  const merged = mergeViews(actOn(groups));
  const names = new Map<string, number>();
  return merged.map((group) => {
    const count = (names.get(group.name) ?? 0) + 1;
    names.set(group.name, count);
    return count === 1 ? group : { ...group, name: `${group.name}~${count}` };
  });
}
