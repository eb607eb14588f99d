import { latinLetters } from '../../latin-letters.ts';
import { shortHash } from '../operation/keys.ts';
import { instructionIn } from './instructions.ts';

/** What a tool's name is made from. */
export interface Nameable {
  readonly method: string;
  /** As the source has it, with a fragment if there is one. */
  readonly path: string;
  readonly operationId: string | undefined;
  readonly tag: string | undefined;
  /** Name that the author wants the tool to have. */
  readonly hint?: string | undefined;
}

const MAX_NAME = 40;
const HASH_LENGTH = 4;
/** What is left of a name beside its hash. */
const HASHED_NAME = MAX_NAME - HASH_LENGTH - 1;
const VERBS = new Set(
  `accept acknowledge activate add allow apply approve archive assign attach authenticate authorise authorize block build bulk calculate cancel change check
  clear clone close commit compare complete compute configure confirm connect convert copy count create deactivate decline decrypt delete deny deploy
  describe destroy detach disable disconnect dismiss dispatch download duplicate edit enable encrypt end evaluate exchange execute expire export
  fetch fill filter finalize find follow force fork generate get give grant head import increment initiate inspect install invite invalidate issue join kill
  leave link list load lock login logout lookup make mark merge migrate modify move mute notify open patch pause ping pin post preview promote provision
  prune publish pull purge push put query queue read reboot rebuild receive reconcile record redeem refresh refund register reject release reload remove rename render reopen
  replace replay report request require reset resend resize resolve restart restore resume retrieve retry return revert review revoke rotate run save scale
  scan schedule search select send set settle share show shut sign simulate sort star start stop submit subscribe suspend sync tag terminate test toggle track transfer
  trigger truncate unarchive unassign unblock unfollow uninstall unlink unlock unmark unpin unpublish unregister unsubscribe update upgrade upload upsert use
  validate verify view void wait watch withdraw write`.split(/\s+/),
);
/** Verbs that are more often nouns when they stand last. */
const NOUNS = new Set(
  `block build change check export file filter fork grant import issue link lock log mark match move order patch pin ping post pull query
  record release report request review run schedule search set share sign sort star sync tag test track transfer trigger upgrade use view watch`.split(
    /\s+/,
  ),
);
const PLAIN_VERBS = new Set([
  'list',
  'retrieve',
  'read',
  'get',
  'create',
  'update',
  'delete',
  'destroy',
  'remove',
  'add',
]);
/** What frameworks call the usual actions of a controller: `tickets.index`. */
const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['GET index', 'list'],
  ['POST store', 'create'],
]);
/** Verbs that are nothing else where they stand between nouns: `domains_list_records`. */
const READING_VERBS = new Set(`describe download fetch find get list read retrieve`.split(' '));
const MIDDLE_VERBS = new Set([
  ...READING_VERBS,
  ...`activate add approve assign attach cancel clone confirm create deactivate delete destroy detach disable enable execute generate grant install merge
  pause promote publish purge reject remove rename replace reset resize restart restore resume retry revert revoke rotate send submit suspend
  trigger unassign unblock uninstall unlink update upload validate verify write`.split(/\s+/),
]);
const FILLERS = new Set(['a', 'an', 'the']);
/** What generators append to the name of a group: `PetService_List`. */
const GROUP_SUFFIXES = new Set(['service', 'controller', 'api', 'resource', 'endpoint', 'impl']);
const SMALL_WORDS = new Set([
  'for',
  'of',
  'by',
  'and',
  'or',
  'all',
  'in',
  'on',
  'to',
  'from',
  'with',
  'as',
  'at',
]);
const PATH_VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'replace',
  PATCH: 'update',
  DELETE: 'delete',
};

/** Words of an identifier in any spelling: `listPetsByID`, `repos/list-for-org` and `pet.find` alike. */
export function wordsOf(text: string): string[] {
  return latinLetters(text)
    .replaceAll('OAuth', 'Oauth')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/^(get|post|put|patch|delete)(?=\d)/gi, '$1 ')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

/**
 * Tool names for all operations of a source, in their order: `verb_noun`, at most 40 characters, unique. A name depends on
 * its own operation and on those that would have the same name, never on order or on what is selected.
 */
export function toolNames(operations: readonly Nameable[]): string[] {
  const words = operations.map(nameWords);
  const first = operations.map((operation, at) => fitted(words[at] ?? [], operation));
  const told = routed(operations, keyed(operations, qualified(operations, first)));
  let names = placed(operations, placed(operations, told, literalsOf), segmentsIn);
  // Four digits tell a handful apart; the longer ones are for the rare case that they do not.
  for (const length of [HASH_LENGTH, 8, 16]) {
    const counts = countOf(names);
    if (counts.size === names.length) break;
    names = names.map((name, index) => {
      const operation = operations[index];
      const isShared = operation !== undefined && (counts.get(name) ?? 0) > 1;
      return isShared
        ? withHash(shortened(words[index] ?? [], HASHED_NAME) ?? name, hashOf(operation, length))
        : name;
    });
  }
  return names;
}

/** Members of a collision get their tag in front of the noun, when that tells all of them apart. */
function qualified(operations: readonly Nameable[], names: readonly string[]): string[] {
  const counts = countOf(names);
  const groups = new Map<string, Set<string>>();
  for (const [index, name] of names.entries()) {
    const group = groups.get(name) ?? new Set();
    groups.set(name, group.add(wordsOf(operations[index]?.tag ?? '').join('_')));
  }
  return names.map((name, index) => {
    const operation = operations[index];
    const tags = groups.get(name);
    if (operation === undefined || tags === undefined || (counts.get(name) ?? 0) === 1) return name;
    if (tags.size < (counts.get(name) ?? 0) || tags.has('')) return name;
    const [verb = '', ...nouns] = name.split('_');
    const tagWords = wordsOf(operation.tag ?? '').filter((word) => !nouns.includes(word));
    return fitted([verb, ...tagWords, ...nouns], operation);
  });
}

/** Members of a collision whose paths take other things say by which, where that makes all of them unique. */
function keyed(operations: readonly Nameable[], names: readonly string[]): string[] {
  const counts = countOf(names);
  const longer = names.map((name, index) => {
    const operation = operations[index];
    if (operation === undefined || (counts.get(name) ?? 0) === 1) return name;
    const parameters = (operation.path.split('#')[0] ?? '').match(/\{[^}]*\}/g) ?? [];
    const words = parameters.flatMap((parameter, at) => [at === 0 ? 'by' : 'and', ...wordsOf(parameter)]);
    const own = name.split('_');
    return words.length === 0 || own.includes('by') ? name : [...own, ...words].join('_');
  });
  const told = countOf(longer);
  // All members of a collision take the longer name, or none does: half of it would say less than a hash.
  const failed = new Set(names.filter((_, at) => !fits(longer[at] ?? '', told)));
  return names.map((name, at) => (failed.has(name) ? name : (longer[at] ?? name)));
}

/**
 * Members of a collision that do different things are called by their paths, where that makes all of them unique: of
 * `thing_list` and `thing.list`, one may be a POST, and a hash would leave it the name of a reading one.
 */
function routed(operations: readonly Nameable[], names: readonly string[]): string[] {
  const groups = Map.groupBy(operations.keys(), (at) => names[at] ?? '');
  const mixed = new Set(
    [...groups.values()]
      .filter((members) => new Set(members.map((at) => operations[at]?.method)).size > 1)
      .flat(),
  );
  const routes = operations.map((operation, at) =>
    mixed.has(at) ? fitted(pathWords(withoutCommands(operation)), operation) : (names[at] ?? ''),
  );
  const told = countOf(routes);
  const failed = new Set(names.filter((_, at) => told.get(routes[at] ?? '') !== 1));
  return names.map((name, at) => (failed.has(name) ? name : (routes[at] ?? name)));
}

/**
 * Members of a collision that are left say what only their own paths say, where that makes all of them unique: one operation
 * at `/namespaces` and at `/api/v1/namespaces`, as gateways of gRPC have them.
 */
function placed(
  operations: readonly Nameable[],
  names: readonly string[],
  partsOf: (path: string) => string[],
): string[] {
  const longer = [...names];
  for (const [name, members] of Map.groupBy(names.keys(), (at) => names[at] ?? '')) {
    if (members.length === 1) continue;
    const paths = members.map((at) => partsOf(operations[at]?.path ?? ''));
    const said = name.split('_').flatMap((word) => [word, `${word}s`]);
    for (const [index, at] of members.entries()) {
      const own = (paths[index] ?? []).filter((segment) => paths.some((path) => !path.includes(segment)));
      const words = own.flatMap((part) => {
        const fresh = wordsOf(part).filter((word) => !said.includes(word));
        return isParameter(part) && fresh.length > 0 ? ['by', ...fresh] : fresh;
      });
      longer[at] = [name, ...words].join('_');
    }
  }
  const told = countOf(longer);
  const failed = new Set(names.filter((name, at) => longer[at] !== name && !fits(longer[at] ?? '', told)));
  return names.map((name, at) => (failed.has(name) ? name : (longer[at] ?? name)));
}

const segmentsIn = (path: string): string[] =>
  (path.split('#')[0] ?? '').split('/').filter((segment) => segment !== '');

const isParameter = (segment: string): boolean => segment.startsWith('{');

const literalsOf = (path: string): string[] => segmentsIn(path).filter((segment) => !isParameter(segment));

const fits = (name: string, counts: ReadonlyMap<string, number>): boolean =>
  name.length <= MAX_NAME && counts.get(name) === 1;

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const hashOf = ({ method, path }: Nameable, length = HASH_LENGTH): string =>
  shortHash(`${method} ${path}`, length);

function withHash(name: string, hash: string): string {
  return `${name.slice(0, MAX_NAME - hash.length - 1).replace(/_+$/, '')}_${hash}`;
}

/**
 * Joins words to a name of at most so many characters. When they are too many, small words go, then versions; when that is
 * not enough, the verb and the last words stay, which say most. Undefined when not even one of them fits.
 */
function shortened(words: readonly string[], most: number): string | undefined {
  const [verb = '', ...rest] = words;
  const weighty = rest.filter((word) => !SMALL_WORDS.has(word));
  const unversioned = weighty.filter((word) => !/^v\d+(?:(?:alpha|beta)\d*)?$/.test(word));
  const whole = [rest, weighty, unversioned]
    .map((some) => [verb, ...some].join('_'))
    .find((name) => name.length <= MAX_NAME);
  if (whole !== undefined) return whole;
  let tail = '';
  for (const word of unversioned.toReversed()) {
    if (verb.length + 1 + word.length + tail.length > most) break;
    tail = `_${word}${tail}`;
  }
  return tail === '' ? undefined : verb + tail;
}

/** What is shortened needs no hash as long as nobody else is called so. */
const fitted = (words: readonly string[], operation: Nameable): string =>
  shortened(words, MAX_NAME) ?? withHash(words.join('_'), hashOf(operation));

function nameWords(given: Nameable): string[] {
  const operation = withoutCommands(given);
  const wanted = wordsOf(operation.hint ?? '');
  // Of several words the author has chosen the verb too, known here or not.
  if (wanted.length > 1 || isVerb(wanted[0])) return wanted;
  if (wanted.length > 0) return [operation.method.toLowerCase(), ...wanted];
  const words = operationIdWords(operation);
  return words === undefined ? pathWords(operation) : deduplicated(words);
}

/** Names that speak to a model are none: the path is left, and if that does so too, its hash. */
function withoutCommands(operation: Nameable): Nameable {
  const { operationId, hint, path } = operation;
  const spoken = (text: string | undefined): boolean =>
    text !== undefined && instructionIn(wordsOf(text).join(' ')) !== undefined;
  return {
    ...operation,
    operationId: spoken(operationId) ? undefined : operationId,
    hint: spoken(hint) ? undefined : hint,
    path: spoken(path) ? `/${hashOf(operation, 8)}` : path,
  };
}

/** Words of a meaningful operationId, verb first; undefined when it says nothing. */
function operationIdWords(operation: Nameable): string[] | undefined {
  const { operationId, method } = operation;
  if (operationId === undefined) return undefined;
  const segments = segmentsOf(withoutRoute(operationId, operation));
  const words = segments.flat();
  if (words.every((word) => /\d/.test(word) || word.length < 2)) return undefined;
  const action = segments.length < 2 ? undefined : ACTIONS.get(`${method} ${segments.at(-1)?.join(' ')}`);
  if (action !== undefined) return [action, ...segments.slice(0, -1).flat()];
  return (
    verbFirst(segments, words) ??
    middleVerbFirst(words, operation) ??
    (isVerb(words[0]) ? (words.length === 1 ? undefined : words) : [method.toLowerCase(), ...words])
  );
}

/**
 * An operationId without what generators append to it: FastAPI the path and the method (`read_item_items__item_id__get`),
 * Spring Data REST and Springfox the method.
 */
function withoutRoute(operationId: string, { method, path }: Nameable): string {
  const route = `${path.replaceAll(/\W/g, '_')}_${method}`.toLowerCase();
  if (operationId.toLowerCase().endsWith(route) && operationId.length > route.length)
    return operationId.slice(0, -route.length);
  return operationId
    .replace(/^([a-z]+[A-Z]\w*-[\w-]+)-(?:get|post|put|patch|delete)$/, '$1')
    .replace(/_?using_?(?:get|post|put|patch|delete|head|options)(?:_\d+)?$/i, '');
}

/** `repos/list-for-org` and `PetList` with their verb brought forward; undefined where none stands later. */
function verbFirst(segments: readonly (readonly string[])[], words: readonly string[]): string[] | undefined {
  const last = segments.at(-1) ?? [];
  if (segments.length > 1 && isVerb(last[0])) {
    const isDouble = (last[1] === 'or' || last[1] === 'and') && isVerb(last[2]);
    const verbs = last.slice(0, isDouble ? 3 : 1);
    return [...verbs, ...segments.slice(0, -1).flat(), ...last.slice(verbs.length)];
  }
  const end = words.at(-1);
  if (end === undefined || words.length < 2 || !endsInVerb(words[0] ?? '', end)) return undefined;
  return [end, ...words.slice(0, -1)];
}

/** `droplets_get_backup_policy`: the group, the verb and its object. */
function middleVerbFirst(words: readonly string[], { method, operationId }: Nameable): string[] | undefined {
  const isMiddle = (word: string): boolean =>
    word === method.toLowerCase() || (method === 'GET' ? READING_VERBS : MIDDLE_VERBS).has(word);
  const at = words.findIndex(isMiddle);
  if (at < 1 || at > 2 || (isVerb(words[0]) && !NOUNS.has(words[0] ?? ''))) return undefined;
  if (SMALL_WORDS.has(words[at - 1] ?? '')) return undefined;
  return /[-_]/.test(operationId ?? '') ? [words[at] ?? '', ...words.toSpliced(at, 1)] : undefined;
}

/** `PetList`, `move_ailment_list`: the last word is the verb, unless the first one is and says as much. */
function endsInVerb(first: string, last: string): boolean {
  if (!isVerb(last) || NOUNS.has(last)) return false;
  return !isVerb(first) || (PLAIN_VERBS.has(last) && NOUNS.has(first));
}

/** Parts of an operationId: between `.`, `/` or `:`, and between `_` when the parts are spelled in camel case. */
function segmentsOf(operationId: string): string[][] {
  const isCamel =
    /[a-z][A-Z]/.test(operationId) ||
    /^[A-Z][a-z]+_[A-Z][a-z]/.test(operationId) ||
    /_\w+-/.test(operationId);
  const parts = operationId
    .split(isCamel ? /[./:_]+/ : /[./:]+/)
    .map((part) =>
      wordsOf(part).filter((word, index, all) => !FILLERS.has(word) || index === all.length - 1),
    );
  const filled = parts.filter((part) => part.length > 0);
  return filled.map((part, index) => {
    const isGroup = index < filled.length - 1 && part.length > 1 && GROUP_SUFFIXES.has(part.at(-1) ?? '');
    return isGroup ? part.slice(0, -1) : part;
  });
}

const isVerb = (word: string | undefined): boolean => word !== undefined && VERBS.has(word);

/** `/jobs/{id}:cancel` and OData's `/Orders({id})` with each of their parts as a piece of its own. */
const apart = (route: string): string =>
  route.replaceAll(/\('?(\{[^{}]*\})'?\)/g, '/$1').replaceAll(/(\{[^{}]*\}):(?=[A-Za-z])/g, '$1/');

/** `v2`, `2.0`, and a number unless the path ends with it: `/status/404` is about 404. */
const isVersion = (segment: string, at: number, all: readonly string[]): boolean =>
  /^v?\d+(?:\.\d+)*$/i.test(segment) && !(/^\d+$/.test(segment) && at > 0 && at === all.length - 1);

/** `GET /users/{id}/posts` → list_users_posts; `POST /jobs/{id}/cancel` → cancel_jobs_by_id. */
function pathWords({ method, path }: Nameable): string[] {
  const [route = '', fragment = ''] = path.split('#');
  const segments = apart(route)
    .split('/')
    .filter((segment) => segment !== '')
    .filter((segment, at, all) => !isVersion(segment, at, all) && segment !== 'api');
  const literals = segments.filter((segment) => !isParameter(segment)).map(wordsOf);
  const lastLiteral = literals.at(-1) ?? [];
  const last = segments.at(-1) ?? '';
  const parameter = isParameter(last) ? ['by', ...wordsOf(last)] : [];
  if (method !== 'GET' && isVerb(lastLiteral[0]) && !isParameter(last)) {
    return deduplicated([
      ...lastLiteral.slice(0, 1),
      ...literals.slice(0, -1).flat(),
      ...lastLiteral.slice(1),
      ...wordsOf(fragment),
    ]);
  }
  const isCollection = method === 'GET' && parameter.length === 0 && (lastLiteral.at(-1) ?? '').endsWith('s');
  const verb = isCollection ? 'list' : (PATH_VERBS[method] ?? method.toLowerCase());
  const nouns = [...literals.flat(), ...parameter, ...wordsOf(fragment)];
  return deduplicated([verb, ...(nouns.length > 0 ? nouns : ['root'])]);
}

/** Neighbours that say the same twice say it once. */
const deduplicated = (words: readonly string[]): string[] =>
  words.filter((word, index) => word !== words[index - 1]);
