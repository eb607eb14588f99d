import { type JsonSchema } from '@counterpart/schemas';
import { referenceName } from '../../schema/compilable-schema.ts';
import { isObject, own, toSchemaMap } from '../../schema/json-value.ts';
import { leadsBack, type Place, type SampleRun } from '../sample-run.ts';
import { mergeShapes, type Choice, type Shape } from '../shape.ts';

function isNull(schema: JsonSchema): boolean {
  return schema !== true && schema !== false && schema['type'] === 'null';
}

/** The options of a choice, likeliest to end well first: no null near the root, nothing recursive where little is left. */
export function choiceOrder(choice: Choice, place: Place, run: SampleRun): readonly JsonSchema[] {
  const scarce = place.allowance < 2 || place.depth > 5;
  const rank = (option: JsonSchema): number => {
    if (isNull(option)) return scarce ? 0 : 1_000;
    return scarce || leadsBack(option, place, run) ? 1 + run.heightOf(option) : 0;
  };
  const ranked = choice.options.map((option, index) => ({ option, index, rank: rank(option) }));
  return ranked.sort((a, b) => a.rank - b.rank || a.index - b.index).map(({ option }) => option);
}

/** The value a discriminator gives for an option; undefined when it names none. */
function discriminatorValue(option: JsonSchema, shape: Shape): { member: string; value: string } | undefined {
  const discriminator = own(shape.keywords, 'discriminator');
  const name = referenceName(option);
  if (!isObject(discriminator) || name === undefined) return undefined;
  const member = discriminator['propertyName'];
  if (typeof member !== 'string') return undefined;
  const mapping = isObject(discriminator['mapping']) ? discriminator['mapping'] : {};
  const mapped = Object.entries(mapping).find(
    ([, target]) => target === name || (typeof target === 'string' && target.endsWith(`/${name}`)),
  );
  return { member, value: mapped?.[0] ?? name };
}

/** A schema that breaks every member the other options of a `oneOf` declare and this one does not. */
function apartFromOthers(option: JsonSchema, choice: Choice, run: SampleRun): JsonSchema | undefined {
  const mine = run.shapeOf(option);
  if (!mine) return undefined;
  const declared = toSchemaMap(mine.keywords['properties']);
  const foreign = choice.options
    .filter((other) => other !== option)
    .flatMap((other) => Object.entries(toSchemaMap(run.shapeOf(other)?.keywords['properties'])));
  const spoiled = foreign.flatMap(([name, schema]): [string, JsonSchema][] => {
    const types = run.shapeOf(schema)?.types;
    if (name in declared || !types) return [];
    return [[name, types.includes('object') ? { const: 'none' } : { type: 'object', maxProperties: 0 }]];
  });
  return spoiled.length > 0
    ? { properties: Object.fromEntries(spoiled), required: spoiled.map(([name]) => name) }
    : undefined;
}

/** Readings of an option, best first: with its discriminator, as it stands, and (for `oneOf`) made to fit no other option. */
export function* choiceShape(
  option: JsonSchema,
  choice: Choice,
  shape: Shape,
  run: SampleRun,
): Generator<Shape> {
  const plain = run.shapeOf(option);
  if (!plain) return;
  const named = discriminatorValue(option, shape);
  const tagged =
    named &&
    run.shapeOf({ properties: { [named.member]: { const: named.value } }, required: [named.member] });
  const both = tagged && mergeShapes(plain, tagged);
  if (both) yield both;
  yield plain;
  if (choice.kind === 'anyOf') return;
  const apart = apartFromOthers(option, choice, run);
  const distinct = apart && run.shapeOf(apart);
  const separated = distinct && mergeShapes(plain, distinct);
  if (separated) yield separated;
}
