import { canonicalJson, type Blueprint, type Json, type JsonSchema } from '@counterpart/schemas';

type Types = Blueprint['types'];
type Members = { readonly [key: string]: Json };

/** A difference between two schemas at a place such as `body.name`. */
export interface SchemaChange {
  readonly at: string;
  /** What is different, in words that follow the place. */
  readonly what: string;
  /** True when a value that was right before can be wrong now. */
  readonly narrows: boolean;
  /** True when a value that was wrong before can be right now. */
  readonly widens: boolean;
}

interface Side {
  readonly schema: Json | undefined;
  readonly types: Types;
}

const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textsOf = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one: Json) =>
    typeof one === 'string' ? one : JSON.stringify(one),
  );

/** What a schema lets through that the other does not, by place; parts that cannot be compared say only that they differ. */
export function schemaChanges(
  before: JsonSchema | undefined,
  after: JsonSchema | undefined,
  types: { readonly before: Types; readonly after: Types },
): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const seen = new Set<string>();
  compare(
    { schema: before, types: types.before },
    { schema: after, types: types.after },
    { at: '', changes, seen },
  );
  return changes;
}

interface Run {
  readonly at: string;
  readonly changes: SchemaChange[];
  /** Pairs of types that are being compared or were: recursion ends there. */
  readonly seen: Set<string>;
}

function compare(before: Side, after: Side, run: Run): void {
  const [a, b] = [resolved(before), resolved(after)];
  const pair = `${a.name ?? ''} ${b.name ?? ''}`;
  if (a.name !== undefined || b.name !== undefined) {
    if (run.seen.has(pair)) return;
    run.seen.add(pair);
  }
  if (a.name === undefined && b.name === undefined && canonicalJson(a.schema) === canonicalJson(b.schema)) {
    if (!JSON.stringify(a.schema).includes('"$ref"')) return;
  }
  compareTypes(a.schema, b.schema, run);
  compareValues(a.schema, b.schema, run);
  compareBounds(a.schema, b.schema, run);
  compareProperties({ ...before, schema: a.schema }, { ...after, schema: b.schema }, run);
  compareInside({ ...before, schema: a.schema }, { ...after, schema: b.schema }, run);
}

function resolved({ schema, types }: Side): { schema: Members; name: string | undefined } {
  if (!isMembers(schema)) return { schema: {}, name: undefined };
  const { $ref: reference, ...rest } = schema;
  if (typeof reference !== 'string') return { schema, name: undefined };
  const name = reference.replace('#/$defs/', '');
  const target = types[name];
  return { schema: { ...(isMembers(target) ? target : {}), ...rest }, name };
}

function add({ at, changes }: Run, what: string, way: 'narrows' | 'widens' | 'both'): void {
  changes.push({
    at: at === '' ? 'the whole' : at,
    what,
    narrows: way !== 'widens',
    widens: way !== 'narrows',
  });
}

function compareTypes(a: Members, b: Members, run: Run): void {
  const [old, now] = [textsOf(a['type']), textsOf(b['type'])];
  // A whole number is a number.
  const has = (list: readonly string[], type: string): boolean =>
    list.length === 0 || list.includes(type) || (type === 'integer' && list.includes('number'));
  const gone = old.length === 0 ? now : old.filter((type) => !has(now, type));
  const come = now.length === 0 ? old : now.filter((type) => !has(old, type));
  if (old.length === 0 && now.length > 0) add(run, `is only ${now.join(' or ')} now`, 'narrows');
  else if (now.length === 0 && old.length > 0) add(run, 'may be anything now', 'widens');
  else {
    if (gone.length > 0) add(run, `is no longer ${gone.join(' or ')}`, 'narrows');
    if (come.length > 0) add(run, `may be ${come.join(' or ')}`, 'widens');
  }
}

function compareValues(a: Members, b: Members, run: Run): void {
  const list = (schema: Members): string[] | undefined =>
    schema['const'] === undefined
      ? Array.isArray(schema['enum'])
        ? textsOf(schema['enum'])
        : undefined
      : [canonicalJson(schema['const'])];
  const [old, now] = [list(a), list(b)];
  if (old === undefined && now === undefined) return;
  if (now === undefined) return add(run, 'may have any value', 'widens');
  if (old === undefined) return add(run, `must be one of ${shown(now)}`, 'narrows');
  const gone = old.filter((value) => !now.includes(value));
  const come = now.filter((value) => !old.includes(value));
  if (gone.length > 0) add(run, `is no longer ${shown(gone)}`, 'narrows');
  if (come.length > 0) add(run, `may be ${shown(come)}`, 'widens');
}

const shown = (values: readonly string[]): string =>
  `${values.slice(0, 4).join(', ')}${values.length > 4 ? ` and ${values.length - 4} more` : ''}`;

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

function compareBounds(a: Members, b: Members, run: Run): void {
  for (const keyword of [...LOWER, ...UPPER]) {
    const none = LOWER.includes(keyword) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const [old, now] = [a[keyword], b[keyword]].map((value) => (typeof value === 'number' ? value : none));
    if (old === now || old === undefined || now === undefined) continue;
    const isTighter = LOWER.includes(keyword) ? now > old : now < old;
    const value = Number.isFinite(now) ? String(now) : 'gone';
    add(run, `has ${keyword} ${value}`, isTighter ? 'narrows' : 'widens');
  }
  const [old, now] = [a['pattern'], b['pattern']];
  if (old !== now)
    add(
      run,
      now === undefined ? 'has no pattern' : 'has another pattern',
      old === undefined ? 'narrows' : now === undefined ? 'widens' : 'both',
    );
}

const propertiesOf = ({ schema }: Side): Members =>
  isMembers(schema) && isMembers(schema['properties']) ? schema['properties'] : {};

const requiredOf = ({ schema }: Side): string[] =>
  textsOf(isMembers(schema) ? schema['required'] : undefined);

function compareProperties(before: Side, after: Side, run: Run): void {
  const [old, now] = [propertiesOf(before), propertiesOf(after)];
  const [wanted, wants] = [new Set(requiredOf(before)), new Set(requiredOf(after))];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now), ...wanted, ...wants])) {
    const inner: Run = { ...run, at: run.at === '' ? name : `${run.at}.${name}` };
    const [was, is] = [Object.hasOwn(old, name), Object.hasOwn(now, name)];
    const must = wants.has(name);
    if (was && !is) add(inner, 'is gone', 'narrows');
    else if (is && !was) add(inner, must ? 'is new and required' : 'is new', must ? 'both' : 'widens');
    else {
      compareNeed(wanted.has(name), must, inner);
      compare({ ...before, schema: old[name] }, { ...after, schema: now[name] }, inner);
    }
  }
}

function compareNeed(did: boolean, must: boolean, run: Run): void {
  if (must === did) return;
  add(run, must ? 'is required now' : 'is no longer required', must ? 'narrows' : 'widens');
}

function compareInside(before: Side, after: Side, run: Run): void {
  const [a, b] = [before.schema, after.schema].map((schema) => (isMembers(schema) ? schema : {}));
  for (const keyword of ['items', 'additionalProperties']) {
    const [old, now] = [a?.[keyword], b?.[keyword]];
    if (!isMembers(old) || !isMembers(now)) continue;
    compare({ ...before, schema: old }, { ...after, schema: now }, { ...run, at: `${run.at}[]` });
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const [old, now] = [listOf(a?.[keyword]), listOf(b?.[keyword])];
    if (old.length === now.length)
      for (const [index, arm] of old.entries())
        compare({ ...before, schema: arm }, { ...after, schema: now[index] }, run);
    else {
      const isMore = now.length > old.length;
      const what = `has ${isMore ? 'more' : 'fewer'} alternatives`;
      add(run, what, isMore === (keyword !== 'allOf') ? 'widens' : 'narrows');
    }
  }
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
