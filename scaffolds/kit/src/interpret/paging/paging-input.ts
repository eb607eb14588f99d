import type { Json, Operation } from '@counterpart/schemas';
import { isMembers, type Members } from '../../json-value.ts';
import type { Arguments } from '../../tools/tool.ts';

/** Items that are collected when the caller names no number. */
const USUAL_ITEMS = 1_000;
/** Items of one call at most: what is more is read with another call. */
export const MOST_ITEMS = 10_000;

/** Keys of the input that the kit itself answers to. */
export interface PagingKeys {
  /** Follow the pages. */
  readonly all: string;
  /** Stop after so many items. */
  readonly maxItems: string;
}

const freeKey = (taken: Members, names: readonly string[]): string | undefined =>
  names.find((name) => !Object.hasOwn(taken, name));

/** Names beside the operation's own inputs; undefined for an operation without pages, or one that has all of them itself. */
export function pagingKeys({
  pagination,
  input,
}: Pick<Operation, 'pagination' | 'input'>): PagingKeys | undefined {
  if (pagination === undefined) return undefined;
  const properties = typeof input === 'boolean' ? undefined : input['properties'];
  const taken = isMembers(properties) ? properties : {};
  const all = freeKey(taken, ['all', 'all_pages', 'fetch_all_pages']);
  const maxItems = freeKey(taken, ['max_items', 'max_items_of_all']);
  return all === undefined || maxItems === undefined ? undefined : { all, maxItems };
}

/** Properties of the input schema for these keys. Their words are sent with every list of tools: few. */
export const pagingProperties = ({ all, maxItems }: PagingKeys): Members => ({
  [all]: { type: 'boolean', description: `Read all pages, up to ${maxItems}.` },
  [maxItems]: {
    type: 'integer',
    minimum: 1,
    maximum: MOST_ITEMS,
    description: `With ${all}: stop after so many items (default ${USUAL_ITEMS}).`,
  },
});

/** What a call asks of the kit, and the arguments that are the service's. */
export interface PagingRequest {
  /** Undefined: one page, as the service gives it. */
  readonly maxItems: number | undefined;
  readonly args: Arguments;
}

/** Takes the kit's own keys out of the arguments. A number of items alone means the pages too. */
export function takePaging(args: Arguments, keys: PagingKeys | undefined): PagingRequest {
  if (keys === undefined) return { maxItems: undefined, args };
  const { [keys.all]: all, [keys.maxItems]: most, ...rest } = args;
  const wanted = typeof most === 'number' ? Math.min(most, MOST_ITEMS) : undefined;
  const isPaged = all === true || (wanted !== undefined && all !== false);
  return { maxItems: isPaged ? (wanted ?? USUAL_ITEMS) : undefined, args: rest };
}

/** The largest page that the schema of the limit allows, when it says one. */
export function largestPage({ input }: Pick<Operation, 'input'>, key: string): number | undefined {
  const schema = key.split('.').reduce<Json | undefined>(
    (at, part) => {
      const properties = isMembers(at) ? at['properties'] : undefined;
      return isMembers(properties) && Object.hasOwn(properties, part) ? properties[part] : undefined;
    },
    typeof input === 'boolean' ? undefined : input,
  );
  const maximum = isMembers(schema) ? schema['maximum'] : undefined;
  return typeof maximum === 'number' && maximum >= 1 ? Math.floor(maximum) : undefined;
}
