import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, textMember } from '../../openapi/source/json-tree.ts';

/**
 * An introspection result as the schema's text (GraphQL September 2025, section 4). It came from another program, so every
 * name is held against the grammar before it becomes text, and what has no legal name is passed over.
 */

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;
const KEYWORDS: Readonly<Record<string, string>> = {
  SCALAR: 'scalar',
  OBJECT: 'type',
  INTERFACE: 'interface',
  UNION: 'union',
  ENUM: 'enum',
  INPUT_OBJECT: 'input',
};
const BUILT_IN = /^(?:__.*|Int|Float|String|Boolean|ID)$/;
/** Lists of lists of lists: deeper is nonsense. */
const DEEPEST = 32;

const objects = (value: Json | undefined): JsonObject[] => (isArray(value) ? value.filter(isObject) : []);

const nameOf = (value: JsonObject): string | undefined => {
  const name = textMember(value, 'name');
  return name !== undefined && NAME.test(name) ? name : undefined;
};

function described(value: JsonObject): string {
  const text = textMember(value, 'description');
  return text === undefined || text === '' ? '' : `${JSON.stringify(text.toWellFormed())} `;
}

function deprecated(value: JsonObject): string {
  if (value['isDeprecated'] !== true) return '';
  const reason = textMember(value, 'deprecationReason');
  return ` @deprecated${reason === undefined ? '' : `(reason: ${JSON.stringify(reason.toWellFormed())})`}`;
}

function typeText(value: Json | undefined, depth = 0): string | undefined {
  if (!isObject(value) || depth > DEEPEST) return undefined;
  const kind = textMember(value, 'kind');
  if (kind !== 'LIST' && kind !== 'NON_NULL') return nameOf(value);
  const inner = typeText(value['ofType'], depth + 1);
  if (inner === undefined) return undefined;
  return kind === 'LIST' ? `[${inner}]` : `${inner}!`;
}

/** A default is GraphQL text already; one that is no literal is left out by the parser's own judgement. */
type IsLiteral = (text: string) => boolean;

function inputText(value: JsonObject, isLiteral: IsLiteral): string[] {
  const name = nameOf(value);
  const type = typeText(value['type']);
  if (name === undefined || type === undefined) return [];
  const given = textMember(value, 'defaultValue');
  const fallback = given !== undefined && isLiteral(given) ? ` = ${given}` : '';
  return [`${described(value)}${name}: ${type}${fallback}${deprecated(value)}`];
}

function fieldText(value: JsonObject, isLiteral: IsLiteral): string[] {
  const name = nameOf(value);
  const type = typeText(value['type']);
  if (name === undefined || type === undefined) return [];
  const args = objects(value['args']).flatMap((arg) => inputText(arg, isLiteral));
  const list = args.length === 0 ? '' : `(${args.join(', ')})`;
  return [`${described(value)}${name}${list}: ${type}${deprecated(value)}`];
}

const braces = (lines: readonly string[]): string => (lines.length === 0 ? '' : ` {\n${lines.join('\n')}\n}`);

function bodyText(value: JsonObject, isLiteral: IsLiteral): string {
  const names = (key: string): string[] => objects(value[key]).flatMap((one) => nameOf(one) ?? []);
  const kind: string = textMember(value, 'kind') ?? '';
  switch (kind) {
    case 'OBJECT':
    case 'INTERFACE': {
      const interfaces = names('interfaces');
      const fields = objects(value['fields']).flatMap((field) => fieldText(field, isLiteral));
      return `${interfaces.length === 0 ? '' : ` implements ${interfaces.join(' & ')}`}${braces(fields)}`;
    }
    case 'UNION': {
      const members = names('possibleTypes');
      return members.length === 0 ? '' : ` = ${members.join(' | ')}`;
    }
    case 'ENUM':
      return braces(
        objects(value['enumValues']).flatMap((one) => {
          const name = nameOf(one);
          return name === undefined || /^(?:true|false|null)$/.test(name)
            ? []
            : [`${described(one)}${name}${deprecated(one)}`];
        }),
      );
    case 'INPUT_OBJECT': {
      const oneOf = value['isOneOf'] === true ? ' @oneOf' : '';
      return `${oneOf}${braces(objects(value['inputFields']).flatMap((one) => inputText(one, isLiteral)))}`;
    }
    default: {
      const url = textMember(value, 'specifiedByURL');
      return url === undefined ? '' : ` @specifiedBy(url: ${JSON.stringify(url.toWellFormed())})`;
    }
  }
}

function directiveText(value: JsonObject, isLiteral: IsLiteral): string[] {
  const name = nameOf(value);
  const locations = isArray(value['locations'])
    ? value['locations'].filter((one): one is string => typeof one === 'string' && /^[A-Z_]+$/.test(one))
    : [];
  if (name === undefined || locations.length === 0) return [];
  const args = objects(value['args']).flatMap((arg) => inputText(arg, isLiteral));
  const list = args.length === 0 ? '' : `(${args.join(', ')})`;
  const repeatable = value['isRepeatable'] === true ? ' repeatable' : '';
  return [`${described(value)}directive @${name}${list}${repeatable} on ${locations.join(' | ')}`];
}

/** The `__schema` object inside a JSON value, wherever tools put it; undefined when there is none. */
export function schemaMember(value: Json): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const own = value['__schema'];
  if (isObject(own)) return own;
  const inner = value['data'];
  return isObject(inner) && isObject(inner['__schema']) ? inner['__schema'] : undefined;
}

/** The text of a schema that was introspected. */
export function introspectionText(schema: JsonObject, isLiteral: IsLiteral): string {
  const roots = ['query', 'mutation', 'subscription'].flatMap((operation) => {
    const root = schema[`${operation}Type`];
    const name = isObject(root) ? nameOf(root) : undefined;
    return name === undefined ? [] : [`${operation}: ${name}`];
  });
  const types = objects(schema['types']).flatMap((type) => {
    const name = nameOf(type);
    const keyword = KEYWORDS[textMember(type, 'kind') ?? ''];
    if (name === undefined || keyword === undefined || BUILT_IN.test(name)) return [];
    return [`${described(type)}${keyword} ${name}${bodyText(type, isLiteral)}`];
  });
  const directives = objects(schema['directives']).flatMap((one) => directiveText(one, isLiteral));
  const head = roots.length === 0 ? [] : [`${described(schema)}schema { ${roots.join(' ')} }`];
  return [...head, ...directives, ...types].join('\n');
}
