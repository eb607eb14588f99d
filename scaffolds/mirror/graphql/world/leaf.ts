import { isEnumType, type GraphQLEnumType, type GraphQLNamedType } from 'graphql';
import type { Json } from '@counterpart/schemas';
import { createRandom, type Random } from '../../sample/random.ts';
import { dateTime, namedText, usualRange, uuid, webAddress, word } from '../../sample/vocabulary.ts';

/** Where a value is needed. */
export interface LeafPlace {
  /** Name of the field: an `email` looks like one. */
  readonly name: string;
  /** Equal salts give equal values. */
  readonly salt: string;
  readonly seed: number;
}

function whole(name: string, random: Random): number {
  const [least, most] = usualRange(name) ?? [1, 500];
  return random.int(least, Math.min(most, 2_147_483_647));
}

type Maker = (random: Random, name: string) => Json;

/** By the names services give their scalars. */
const CUSTOM: readonly (readonly [RegExp, Maker])[] = [
  [/Date-?Time|^timestamptz$|Instant|^Timestamp$/i, (random) => dateTime(random)],
  [/^(?:ISO8601|Calendar|Local)?Date$/i, (random) => dateTime(random).slice(0, 10)],
  [/^(?:Local)?Time$/i, (random) => dateTime(random).slice(11, 19)],
  [/^(?:URI|URL)$/i, (random) => webAddress(random)],
  [/^(?:UUID|UID|Guid)$/i, (random) => uuid(random)],
  [/^JSON|^Map$|^Object$|^Any$/i, (random) => ({ [word(random)]: word(random) })],
  [/Int|Long|Short|Byte/i, (random, name) => whole(name, random)],
  [/Decimal|Float|Double|Money|Numeric/i, (random, name) => whole(name, random) + 0.5],
];

const BUILT_IN: Readonly<Record<string, Maker>> = {
  Int: (random, name) => whole(name, random),
  Float: (random, name) => whole(name, random) + random.int(0, 99) / 100,
  Boolean: (random) => random.fraction() < 0.5,
  ID: (random, name) => `${name.replace(/_?ids?$/i, '') || 'id'}-${random.int(1, 3)}`,
  String: (random, name) => namedText(name, random) ?? `${word(random)} ${word(random)}`,
};

function enumValue(type: GraphQLEnumType, random: Random): Json {
  const values = type.getValues();
  const current = values.filter(({ deprecationReason }) => deprecationReason == null);
  const offered = current.length > 0 ? current : values;
  return offered[random.int(0, Math.max(0, offered.length - 1))]?.name ?? null;
}

/** A plausible value of a scalar or an enum. */
export function leafValue(type: GraphQLNamedType, { name, salt, seed }: LeafPlace): Json {
  const random = createRandom(`${seed} ${salt}`);
  if (isEnumType(type)) return enumValue(type, random);
  const custom = CUSTOM.find(([pattern]) => pattern.test(type.name))?.[1];
  const maker = Object.hasOwn(BUILT_IN, type.name) ? BUILT_IN[type.name] : custom;
  return maker === undefined ? (namedText(name, random) ?? word(random)) : maker(random, name);
}
