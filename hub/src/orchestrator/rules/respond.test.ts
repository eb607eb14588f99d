import { beforeAll, describe, expect, test } from 'vitest';
import { exampleTools } from '../../../../test/fixtures/understanding/example-tools.ts';
import { NO_TOOL, TOOL_SENTENCES } from '../../../../test/fixtures/understanding/tool-sentences.ts';
import type { ChatItem } from '../../kernel/ports.ts';
import type { RuleTool } from './choose.ts';
import { respondByRules, type RuleAnswer, type RuleTools } from './respond.ts';

const TODAY = new Date('2026-03-10T12:00:00Z');
const EVENT = 'dad4bce8-f5cb-4078-a211-995864315e39';

let tools: RuleTools;
beforeAll(() => {
  tools = exampleTools();
});

const message = (role: 'user' | 'assistant', text: string): ChatItem => ({
  type: 'message',
  role,
  content: [{ type: 'text', text }],
});

/** Says one thing after another; questions of the rules stand between. */
async function talk(...said: readonly string[]): Promise<RuleAnswer> {
  const items: ChatItem[] = [];
  let answer: RuleAnswer = { kind: 'explain', text: '' };
  for (const text of said) {
    items.push(message('user', text));
    answer = await respondByRules({ items, tools, today: TODAY });
    items.push(message('assistant', 'text' in answer ? answer.text : 'Done.'));
  }
  return answer;
}

/** What an answer comes to: the tool with its arguments, or that it asks. */
function gist(answer: RuleAnswer): readonly unknown[] {
  if (answer.kind === 'call') return [answer.tool, answer.arguments];
  return answer.kind === 'ask' ? [/^To use (\S+) I need/.exec(answer.text)?.[1], 'ask'] : [answer.kind];
}

describe('sentences about the tools of real servers', () => {
  test('find their tool and its arguments, or ask: all that the rules were made with', async () => {
    for (const [sentence, tool, given] of TOOL_SENTENCES.filter((_, at) => at % 2 === 0))
      expect([sentence, ...gist(await talk(sentence))]).toEqual([sentence, tool, given]);
  });

  test('do so in nine of ten cases in the half that measures', async () => {
    const measured = TOOL_SENTENCES.filter((_, at) => at % 2 === 1);
    let right = 0;
    for (const [sentence, tool, given] of measured) {
      const isRight = JSON.stringify(gist(await talk(sentence))) === JSON.stringify([tool, given]);
      right += Number(isRight);
    }
    expect(right / measured.length).toBeGreaterThan(0.9);
  });

  test.each(NO_TOOL)('%s: no tool is called', async (sentence) => {
    expect((await talk(sentence)).kind).toBe('explain');
  });
});

describe('what is missing', () => {
  test('is asked for, and the next message answers', async () => {
    expect(gist(await talk('delete a special event', EVENT))).toEqual([
      'museum/delete_special_event',
      { eventId: EVENT },
    ]);
    expect(gist(await talk('get a berry', 'it is cheri'))).toEqual([
      'pokeapi/retrieve_berry',
      { id: 'cheri' },
    ]);
  });

  test('is asked for once with all that is missing, and answers in parts add up', async () => {
    const asked = await talk('buy museum tickets');
    expect('text' in asked && asked.text).toContain('the ticket date and the ticket type');
    const answer = await talk('buy museum tickets', 'general ones', 'on 2026-06-01');
    expect(gist(answer)).toEqual([
      'museum/post_buy_museum_tickets',
      { body: { ticketType: 'general', ticketDate: '2026-06-01' } },
    ]);
  });

  test('is forgotten when the person gives up or asks for something else', async () => {
    expect((await talk('delete a special event', 'never mind')).kind).toBe('explain');
    expect(gist(await talk('delete a special event', 'What are the museum hours?'))).toEqual([
      'museum/get_museum_hours',
      {},
    ]);
    expect(gist(await talk('create a special event', `delete the special event ${EVENT}`))).toEqual([
      'museum/delete_special_event',
      { eventId: EVENT },
    ]);
  });

  test('is answered by what only begins like a wish', async () => {
    const [tool, kind] = gist(await talk('create a special event', 'Open day, Berlin'));
    expect([tool, kind]).toEqual(['museum/create_special_event', 'ask']);
  });
});

describe('what an answer is', () => {
  test('a call that changes something waits for a yes, one that reads does not', async () => {
    expect(await talk(`delete special event ${EVENT}`)).toMatchObject({ needsConfirmation: true });
    expect(await talk('create a customer named Ada')).toMatchObject({ needsConfirmation: true });
    expect(await talk('list customers')).toMatchObject({ needsConfirmation: false });
  });

  test('nothing is destroyed that was not named: which one is asked for, and no other tool takes its place', async () => {
    const stripe = 'stripe/delete_customers_customer';
    expect(gist(await talk('permanently delete a customer'))).toEqual([stripe, 'ask']);
    expect(gist(await talk('delete the customer forever'))).toEqual([stripe, 'ask']);
    expect(gist(await talk('please remove the special event now'))).toEqual([
      'museum/delete_special_event',
      'ask',
    ]);
    expect(gist(await talk('cancel subscription sub_99 immediately'))[0]).not.toBe(stripe);
    for (const vague of ['delete everything', 'erase all my data', 'delete the product'])
      expect((await talk(vague)).kind).toBe('explain');
  });

  test('a tool whose ids are all optional is not let loose on everything', async () => {
    const tool: RuleTool = {
      name: 'shop/delete_items',
      description: 'Deletes items of the shop.',
      effect: 'destructive',
      parameters: { type: 'object', properties: { item_id: { type: 'string' } } },
    };
    const one: RuleTools = { count: 1, get: () => tool, search: () => Promise.resolve([tool]) };
    const said = (text: string) =>
      respondByRules({ items: [message('user', text)], tools: one, today: TODAY });
    expect(gist(await said('delete an item'))).toEqual(['shop/delete_items', 'ask']);
    expect(gist(await said('delete all items'))).toEqual(['shop/delete_items', {}]);
    const asked = await said('delete an item');
    const items = [
      message('user', 'delete an item'),
      message('assistant', 'text' in asked ? asked.text : ''),
      message('user', '7'),
    ];
    expect(gist(await respondByRules({ items, tools: one, today: TODAY }))).toEqual([
      'shop/delete_items',
      { item_id: '7' },
    ]);
  });

  test('a request for a tool starts a build, with the address in it', async () => {
    expect(await talk('build a server from https://example.com/openapi.json')).toEqual({
      kind: 'build',
      text: 'build a server from https://example.com/openapi.json',
      url: 'https://example.com/openapi.json',
    });
  });

  test('talk is answered with what the rules can do and how a model is connected', async () => {
    const answer = await talk('Hello!');
    expect(answer).toMatchObject({ kind: 'explain' });
    expect('text' in answer && answer.text).toMatch(
      /No model is connected[^]*`providers` in hub\.config\.json/,
    );
  });

  test('long and empty messages end in an answer', async () => {
    for (const text of ['', ' ', 'list '.repeat(50_000), '"'.repeat(10_000), '{}'.repeat(5_000)])
      expect(['explain', 'ask', 'call']).toContain((await talk(text)).kind);
  });
});
