import { getNamedType, isEnumType, isNonNullType, type GraphQLField, type GraphQLObjectType } from 'graphql';
import type { Json, JsonObject } from '@counterpart/schemas';
import type { World } from './entities.ts';
import { isListed } from './payload.ts';

/** Beginnings of verbs that undo each other without sharing a stem. */
const OPPOSITES: Readonly<Record<string, string>> = {
  open: 'clos',
  clos: 'open',
  star: 'stop',
  stop: 'star',
  hide: 'show',
  show: 'hid',
};

interface Deed {
  /** Beginning of the words that the deed makes true, such as `clos` of `closed`. */
  readonly stem: string;
  readonly isDone: boolean;
}

/** What a verb makes true and what it takes back: `reopen` makes open, and no longer closed. */
function deedsOf(verb: string): readonly Deed[] {
  const [, prefix = '', rest = ''] = /^(re|un|dis)?(.*)$/.exec(verb) ?? [];
  const isLong = prefix !== '' && rest.length >= 3;
  const stem = (isLong ? rest : verb).slice(0, 5).replace(/e$/, '');
  if (stem.length < 3) return [];
  const isDone = !isLong || prefix === 're';
  const opposite = Object.hasOwn(OPPOSITES, stem.slice(0, 4)) ? OPPOSITES[stem.slice(0, 4)] : undefined;
  return [{ stem, isDone }, ...(opposite === undefined ? [] : [{ stem: opposite, isDone: !isDone }])];
}

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

function traceOn(
  field: GraphQLField<unknown, unknown>,
  { stem, isDone }: Deed,
  now: string,
): Json | undefined {
  const named = getNamedType(field.type);
  const isOf = plain(field.name).replace(/^is/, '').startsWith(stem);
  if (named.name === 'Boolean' && isOf) return isDone;
  if (isOf && /ed_?(?:at|on)$/i.test(field.name)) {
    if (isDone) return now;
    return isNonNullType(field.type) ? undefined : null;
  }
  const isState = isDone && isEnumType(named) && /^(?:state|status|phase)$/i.test(field.name);
  return isState ? named.getValues().find(({ name }) => plain(name).startsWith(stem))?.name : undefined;
}

/** What a deed such as `close` leaves on a thing: a flag, a state, a time. */
export function traces(world: World, type: GraphQLObjectType, verb: string): JsonObject {
  const now = new Date(world.state.nowMs()).toISOString();
  const fields = Object.values(type.getFields()).filter(
    (field) => !isListed(field) && field.args.length === 0,
  );
  const changes = fields.flatMap((field): [string, Json][] => {
    const found = deedsOf(verb).map((deed) => traceOn(field, deed, now));
    const value = found.find((one) => one !== undefined);
    return value === undefined ? [] : [[field.name, value]];
  });
  return Object.fromEntries(changes);
}
