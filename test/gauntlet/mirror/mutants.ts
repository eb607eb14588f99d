import type { Json, JsonObject } from '@counterpart/schemas';

/** A value with one thing about it changed, and what. */
export interface Mutant {
  readonly what: string;
  readonly value: Json;
}

/** Places looked at in one value. */
const MAX_PLACES = 200;
const EXTRA = '__extra';

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Put = (value: Json) => Json;

/** Every value that differs from a given one in one place: members gone or too many, other types, out of any range. */
export function mutantsOf(root: Json): readonly Mutant[] {
  const found: Mutant[] = [];
  let places = 0;
  const visit = (value: Json, at: string, put: Put): void => {
    places += 1;
    if (places > MAX_PLACES) return;
    for (const other of othersFor(value)) found.push({ what: `${at}: ${brief(other)}`, value: put(other) });
    if (Array.isArray(value))
      value.forEach((item: Json, index) =>
        visit(item, `${at}/${index}`, (inner) => put(value.with(index, inner))),
      );
    if (!isObject(value)) return;
    found.push({ what: `${at}: ${EXTRA} added`, value: put({ ...value, [EXTRA]: true }) });
    for (const [name, member] of Object.entries(value)) {
      const { [name]: _gone, ...rest } = value;
      found.push({ what: `${at}/${name}: gone`, value: put(rest) });
      visit(member, `${at}/${name}`, (inner) => put({ ...value, [name]: inner }));
    }
  };
  visit(root, '', (value) => value);
  return found;
}

const brief = (value: Json): string => JSON.stringify(value).slice(0, 40);

/** Values that a schema for this one is likely to forbid. */
function othersFor(value: Json): readonly Json[] {
  if (typeof value === 'number') return ['not a number', -1e15, 1e15, value + 0.5, null, [value]];
  if (typeof value === 'boolean') return ['not a boolean', 7, null];
  if (typeof value === 'string') return [7, '', '__wrong__', 'x'.repeat(70_000), null, { text: value }];
  if (value === null) return [{ not: 'null' }];
  return ['neither list nor object', 7, Array.isArray(value) ? [] : null];
}
