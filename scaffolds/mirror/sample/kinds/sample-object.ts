import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import { isObject, own, toSchema, toSchemaMap, toStrings } from '../../schema/json-value.ts';
import { sampleMatch } from '../../pattern/pattern-sample.ts';
import {
  FILLED_DEPTH,
  leadsBack,
  placeBelow,
  randomAt,
  type Place,
  type SampleRun,
  type Walk,
} from '../sample-run.ts';
import { memberSchema, mergeShapes, type Shape } from '../shape.ts';

/** Most members made for a map, and most names tried when members are missing. */
const MAP_ENTRIES = 2;
const NAME_TRIES = 24;
const MAX_MEMBERS = 1_000;

/** Members that a `not: { required: [name] }` forbids. */
function forbiddenNames(shape: Shape): ReadonlySet<string> {
  const required = toStrings(shape.keywords['required']);
  const forbidden = shape.excluded.flatMap((schema) => {
    if (typeof schema === 'boolean' || Object.keys(schema).some((key) => key !== 'required')) return [];
    return toStrings(schema['required'])
      .filter((name) => !required.includes(name))
      .slice(0, 1);
  });
  return new Set(forbidden);
}

/** Adds what the members so far depend on, until nothing is missing. */
function withDependencies(names: ReadonlySet<string>, keywords: JsonObject): Set<string> {
  const all = new Set(names);
  const dependent = isObject(keywords['dependentRequired']) ? keywords['dependentRequired'] : {};
  for (const name of all) for (const needed of toStrings(own(dependent, name))) all.add(needed);
  return all;
}

function optionalNames(shape: Shape, place: Place, run: SampleRun): readonly string[] {
  if (!run.optional || place.allowance < 2) return [];
  const forbidden = forbiddenNames(shape);
  return Object.entries(toSchemaMap(shape.keywords['properties']))
    .filter(([name, schema]) => schema !== false && !forbidden.has(name) && !leadsBack(schema, place, run))
    .map(([name]) => name);
}

/** Schemas that the presence of a member brings in, folded into the shape once. */
function withDependentSchemas(shape: Shape, names: ReadonlySet<string>, run: SampleRun): Shape | undefined {
  const dependent = toSchemaMap(shape.keywords['dependentSchemas']);
  const { dependentSchemas: _folded, ...keywords } = shape.keywords;
  let merged: Shape | undefined = { ...shape, keywords };
  for (const [name, schema] of Object.entries(dependent)) {
    if (!names.has(name)) continue;
    const brought = run.shapeOf(schema);
    merged = merged && brought && mergeShapes(merged, brought);
  }
  return merged;
}

function* newNames(shape: Shape, place: Place, run: SampleRun, walk: Walk): Generator<string> {
  const patterns = Object.keys(toSchemaMap(shape.keywords['patternProperties']));
  const rule = shape.keywords['propertyNames'];
  for (let index = 0; index < NAME_TRIES; index += 1) {
    const at = placeBelow(place, `key${index}`, shape, 0);
    if (rule !== undefined) {
      const name = walk({ allOf: [{ type: 'string' }, toSchema(rule)] }, at, run);
      if (typeof name === 'string') yield name;
    }
    for (const pattern of patterns) yield sampleMatch(pattern, randomAt(run, at), index) ?? pattern;
    yield `key_${index + 1}`;
  }
}

/** How many members a map gets that declares none: a few where there is room. */
function missingMembers(shape: Shape, count: number, place: Place, run: SampleRun): number {
  const { minProperties, maxProperties, additionalProperties, patternProperties } = shape.keywords;
  const least = typeof minProperties === 'number' ? minProperties : 0;
  const isMap = isObject(additionalProperties) || isObject(patternProperties);
  const openMap = isMap && run.optional && place.allowance >= 2 && !('properties' in shape.keywords);
  const filled = run.filled && place.depth < FILLED_DEPTH ? 1 : 0;
  const wanted = count > 0 ? 0 : openMap ? MAP_ENTRIES : filled;
  const most = typeof maxProperties === 'number' ? maxProperties : MAX_MEMBERS;
  return Math.min(Math.max(least, wanted), most) - count;
}

function addMembers(
  members: Record<string, Json>,
  shape: Shape,
  place: Place,
  tools: { run: SampleRun; walk: Walk },
): void {
  const { run, walk } = tools;
  let missing = missingMembers(shape, Object.keys(members).length, place, run);
  if (missing <= 0) return;
  const declared = Object.keys(toSchemaMap(shape.keywords['properties'])).filter(
    (name) => !forbiddenNames(shape).has(name),
  );
  for (const name of [...declared, ...newNames(shape, place, run, walk)]) {
    if (missing <= 0) return;
    if (Object.hasOwn(members, name) || !isNameAllowed(name, shape, run)) continue;
    const value = walk(
      memberSchema(shape.keywords, name),
      placeBelow(place, name, shape, Math.floor(place.allowance / 4)),
      run,
    );
    if (value === undefined) continue;
    members[name] = value;
    missing -= 1;
  }
}

function isNameAllowed(name: string, shape: Shape, run: SampleRun): boolean {
  const rule = shape.keywords['propertyNames'];
  return rule === undefined || run.book.accepts(toSchema(rule), name);
}

/** A list of names without its last optional ones, when the object may not hold so many. */
function withinLimit(
  names: ReadonlySet<string>,
  required: ReadonlySet<string>,
  keywords: JsonObject,
): readonly string[] {
  const most = keywords['maxProperties'];
  const optional = [...names].filter((name) => !required.has(name));
  const room = typeof most === 'number' ? Math.max(0, most - required.size) : optional.length;
  return [...required, ...optional.slice(0, room)];
}

/** An object with its required members and, where there is room, the optional ones. */
export function sampleObject(shape: Shape, place: Place, run: SampleRun, walk: Walk): Json | undefined {
  const required = withDependencies(new Set(toStrings(shape.keywords['required'])), shape.keywords);
  const wished = withDependencies(
    new Set([...required, ...optionalNames(shape, place, run)]),
    shape.keywords,
  );
  if ('dependentSchemas' in shape.keywords) {
    const merged = withDependentSchemas(shape, wished, run);
    return merged && walkMerged(merged, place, run, walk);
  }
  const names = withinLimit(wished, required, shape.keywords);
  const share = Math.floor(place.allowance / Math.max(1, names.length));
  const members: Record<string, Json> = {};
  for (const name of inDeclaredOrder(names, shape)) {
    const schema = memberSchema(shape.keywords, name);
    const value = walk(schema, placeBelow(place, name, shape, share), run);
    if (value !== undefined)
      Object.defineProperty(members, name, { value, enumerable: true, writable: true, configurable: true });
    else if (required.has(name)) return undefined;
  }
  addMembers(members, shape, place, { run, walk });
  return members;
}

/** Schemas brought in by members may hold choices of their own. */
function walkMerged(shape: Shape, place: Place, run: SampleRun, walk: Walk): Json | undefined {
  const choices = shape.choices.map((choice): JsonSchema => ({ [choice.kind]: choice.options.map(asJson) }));
  if (choices.length === 0) return sampleObject(shape, place, run, walk);
  return walk({ allOf: [{ ...shape.keywords, type: 'object' }, ...choices.map(asJson)] }, place, run);
}

function asJson(schema: JsonSchema): Json {
  return schema;
}

function inDeclaredOrder(names: readonly string[], shape: Shape): readonly string[] {
  const declared = Object.keys(toSchemaMap(shape.keywords['properties'])).filter((name) =>
    names.includes(name),
  );
  return [...declared, ...names.filter((name) => !declared.includes(name))];
}
