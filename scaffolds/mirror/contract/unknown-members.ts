import type { Json, JsonSchema } from '@counterpart/schemas';
import { itemSchema, propertySchema, type Typing } from '../request/coerce.ts';
import type { Shape } from '../sample/shape.ts';
import { compilePattern } from '../pattern/pattern.ts';
import { isArray, isObject, pointerToken } from '../schema/json-value.ts';

const MAX_DEPTH = 32;
const MAX_ITEMS = 200;
const MAX_CHOICE_DEPTH = 4;

/** Members of a value that its schema does not name, as pointers. A schema that names none, or says it is open, knows all. */
export function unknownMembers(value: Json, schema: JsonSchema, typing: Typing): readonly string[] {
  const found: string[] = [];
  walk(value, schema, { typing, found, place: '', depth: 0 });
  return found;
}

interface Walk {
  readonly typing: Typing;
  readonly found: string[];
  readonly place: string;
  readonly depth: number;
}

function walk(value: Json, schema: JsonSchema, at: Walk): void {
  if (at.depth > MAX_DEPTH) return;
  const below = (step: string): Walk => ({
    ...at,
    place: `${at.place}/${pointerToken(step)}`,
    depth: at.depth + 1,
  });
  if (isArray(value)) {
    for (const [index, item] of value.slice(0, MAX_ITEMS).entries())
      walk(item, itemSchema(schema, index, at.typing), below(String(index)));
    return;
  }
  if (!isObject(value)) return;
  const variants = objectVariants(schema, at.typing);
  for (const [name, member] of Object.entries(value)) {
    if (variants.length > 0 && !variants.some((variant) => knows(variant, name)))
      at.found.push(`${at.place}/${pointerToken(name)}`);
    else walk(member, propertySchema(schema, name, at.typing), below(name));
  }
}

/** Shapes that say which members an object has; empty when one of them leaves that open. */
function objectVariants(schema: JsonSchema, typing: Typing): readonly Shape[] {
  const all = shapesOf(schema, typing, 0);
  const isOpen = all.some(({ keywords }) =>
    [keywords['additionalProperties'], keywords['unevaluatedProperties']].some(
      (rule) => rule !== undefined && rule !== false,
    ),
  );
  const naming = all.filter(({ keywords }) => 'properties' in keywords || 'patternProperties' in keywords);
  return isOpen ? [] : naming;
}

function shapesOf(schema: JsonSchema, typing: Typing, depth: number): readonly Shape[] {
  const shape = depth > MAX_CHOICE_DEPTH ? undefined : typing.shapeOf(schema);
  if (!shape) return [];
  const options = shape.choices.flatMap((choice) => choice.options);
  return [shape, ...options.flatMap((option) => shapesOf(option, typing, depth + 1))];
}

function knows({ keywords }: Shape, name: string): boolean {
  const { properties, patternProperties } = keywords;
  if (isObject(properties) && Object.hasOwn(properties, name)) return true;
  return (
    isObject(patternProperties) &&
    Object.keys(patternProperties).some((pattern) => compilePattern(pattern).test(name))
  );
}
