import type { Json, JsonSchema, ParameterBinding } from '@counterpart/schemas';
import { coerceText, coerceTree, possibleTypes, type Typing } from './coerce.ts';
import { decodeText } from './wire-tree.ts';

/** A list or object as it was written: its parts between delimiters, still encoded. */
export interface Parts {
  readonly parts: readonly string[];
  /** Parts are `name=value`, not names and values in turn. */
  readonly assigned: boolean;
  readonly decode: (raw: string) => string;
}

function toObject({ parts, assigned, decode }: Parts): Json {
  if (assigned) {
    return Object.fromEntries(
      parts.map((part) => {
        const at = part.indexOf('=');
        return at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
      }),
    );
  }
  const even = parts.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(even.map((name, index) => [decode(name), decode(parts[index * 2 + 1] ?? '')]));
}

/** Parts as the kind of value the schema asks for; `whole` is the same text undivided. */
export function shapeParts(parts: Parts, whole: string, schema: JsonSchema, typing: Typing): Json {
  const types = possibleTypes(schema, typing);
  const isScalar = !types.has('array') && !types.has('object');
  if (isScalar) return coerceText(parts.decode(whole), schema, typing);
  const looksLikeObject = parts.assigned
    ? parts.parts.every((part) => part.includes('='))
    : parts.parts.length % 2 === 0;
  if (types.has('object') && (!types.has('array') || (parts.assigned && looksLikeObject))) {
    return coerceTree(toObject(parts), schema, typing);
  }
  const [only, ...more] = parts.parts;
  const list = more.length === 0 ? parts.decode(only ?? '') : parts.parts.map(parts.decode);
  return coerceTree(list, schema, typing);
}

/** A path value in style simple, label or matrix (RFC 6570). Throws MalformedText. */
export function readSegment(
  binding: ParameterBinding,
  raw: string,
  schema: JsonSchema,
  typing: Typing,
): Json {
  const decode = (text: string): string => decodeText(text);
  const { explode, style } = binding;
  if (style === 'label') {
    const whole = raw.replace(/^\./, '');
    return shapeParts(
      { parts: whole.split(explode ? '.' : ','), assigned: explode, decode },
      whole,
      schema,
      typing,
    );
  }
  if (style !== 'matrix')
    return shapeParts({ parts: raw.split(','), assigned: explode, decode }, raw, schema, typing);
  const own = new RegExp(
    `^${encodeURIComponent(binding.name).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}=?`,
  );
  const pieces = raw.replace(/^;/, '').split(';');
  const values = pieces.map((piece) => piece.replace(own, ''));
  if (!explode)
    return shapeParts(
      { parts: (values[0] ?? '').split(','), assigned: false, decode },
      values[0] ?? '',
      schema,
      typing,
    );
  return shapeParts(
    { parts: values, assigned: pieces.every((piece) => !own.test(piece)), decode },
    values.join(';'),
    schema,
    typing,
  );
}
