import type { ResponsesRequest } from '@counterpart/schemas';
import { ResponseInputItem } from '@counterpart/schemas/chat/api/responses';
import type { Responses, StoredResponse } from '../../orchestrator/conversations/responses.ts';
import { wrongField } from '../request/read-body.ts';
import { toWire } from './items.ts';

type Input = ResponsesRequest['input'];

const hexOf = (responseId: string): string => responseId.slice(responseId.indexOf('_') + 1);

/** The id of an item of an answer: it names the answer, so that the item is found again without a list of all. */
export const outputItemId = (prefix: string, responseId: string, index: number): string =>
  `${prefix}_${hexOf(responseId)}_${index}`;

/** The id of an item of what an answer was asked. */
export const inputItemId = (responseId: string, index: number): string =>
  `item_${hexOf(responseId)}_${index}`;

const ID = /^([a-z]+)_([0-9a-f]{32})_(\d{1,6})$/;
/** Calls that waited for a person say nothing to a model. */
const APPROVAL = /^ap-/;

/** The input with the items of kept answers in the place of references to them. Throws FIELD_INVALID for one that is not there. */
export async function withReferences(responses: Pick<Responses, 'find'>, input: Input): Promise<Input> {
  if (input == null || typeof input === 'string') return input;
  if (!input.some(({ type }) => type === 'item_reference')) return input;
  const known = new Map<string, Promise<StoredResponse | undefined>>();
  const find = (id: string): Promise<StoredResponse | undefined> => {
    const found = known.get(id) ?? responses.find(id);
    known.set(id, found);
    return found;
  };
  const items = await Promise.all(
    input.map(async (item, n) => {
      if (item.type !== 'item_reference') return [item];
      if (APPROVAL.test(item.id)) return [];
      const found = await itemBehind(item.id, find);
      if (found === undefined)
        throw wrongField(`input[${n}].id`, 'no item of an answer that is kept has this id');
      return [found];
    }),
  );
  return items.flat();
}

async function itemBehind(
  id: string,
  find: (id: string) => Promise<StoredResponse | undefined>,
): Promise<ResponseInputItem | undefined> {
  const [, prefix, hex, index] = ID.exec(id) ?? [];
  const stored = hex === undefined ? undefined : await find(`resp_${hex}`);
  if (stored === undefined) return undefined;
  const asked = prefix === 'item' ? stored.input[Number(index)] : undefined;
  const output: unknown = stored.body['output'];
  const wire: unknown =
    asked === undefined
      ? (Array.isArray(output) ? output : []).find((one: unknown) => hasId(one, id))
      : toWire(asked, id);
  const { data } = ResponseInputItem.safeParse(wire);
  return data?.type === 'item_reference' ? undefined : data;
}

const hasId = (item: unknown, id: string): boolean =>
  typeof item === 'object' && item !== null && 'id' in item && item.id === id;
