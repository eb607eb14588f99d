import type { JsonObject } from '@counterpart/schemas';
import { toolNames, wordsOf } from '../openapi/text/names.ts';

/**
 * The name that a call wants where its own begins with a verb nobody here knows: `PlaceOrder` is place_order and `Subtract`
 * call_subtract, for calls of these styles have no method that could stand before it. Members for the retold operation.
 */
export function nameHint(operationId: string): JsonObject {
  const words = wordsOf(operationId);
  const [name = ''] = toolNames([{ method: 'POST', path: '/call', operationId, tag: undefined }]);
  const isAdded = name.startsWith('post_') && words[0] !== 'post';
  return isAdded ? { 'x-mcp': { name: (words.length > 1 ? words : ['call', ...words]).join('_') } } : {};
}
