import { defineTool, ToolFailure } from '@counterpart/kit';
import { z } from 'zod';

/** What is read of the service's answer; it may say more. */
const Item = z.object({ id: z.string(), name: z.string() });

/** Asks an HTTP service: `http` starts from TEMPLATE_BASE_URL, repeats what may be repeated, and ends with the call. */
export const findItems = defineTool({
  name: 'find_items',
  title: 'Find items',
  description: 'Finds items of the service by words of their names, at most 100 of them, the closest first.',
  effect: 'read',
  input: z.strictObject({
    words: z.string().min(1).describe('Words of the name.'),
    limit: z.int().min(1).max(100).default(20).describe('How many items at most.'),
  }),
  output: z.strictObject({ items: z.array(Item) }),
  async run({ words, limit }, { http, setting }) {
    const token = setting('TEMPLATE_TOKEN');
    const answer = await http.json({
      path: '/items',
      query: { q: words, limit },
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const items = z.array(Item).safeParse(answer);
    if (!items.success) throw new ToolFailure('The service answered in a form that this tool does not know.');
    return { items: items.data };
  },
});
