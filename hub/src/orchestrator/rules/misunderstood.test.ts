import { describe, expect, test } from 'vitest';
import { shopTools } from '../../../../test/fixtures/understanding/shop-tools.ts';
import type { ChatItem } from '../../kernel/ports.ts';
import { isRefusal } from './sentence/refusal.ts';
import { respondByRules, type RuleAnswer } from './respond.ts';

const TODAY = new Date('2026-03-10T12:00:00Z');
const FILE = '6b1f5f6e-3c0e-4ff6-8d6b-6f2f0a0f3a11';
const tools = shopTools();

/** Says one thing after another; answers of the rules stand between. */
async function talk(...said: readonly string[]): Promise<RuleAnswer> {
  const items: ChatItem[] = [];
  const add = (role: 'user' | 'assistant', text: string): void =>
    void items.push({ type: 'message', role, content: [{ type: 'text', text }] });
  let answer: RuleAnswer = { kind: 'explain', text: '' };
  for (const text of said) {
    add('user', text);
    answer = await respondByRules({ items, tools, today: TODAY });
    add('assistant', 'text' in answer ? answer.text : 'Done.');
  }
  return answer;
}

/** What it comes to: the tool with its arguments, what is asked for, or nothing. */
function gist(answer: RuleAnswer): unknown {
  if (answer.kind === 'call') return [answer.tool, answer.arguments];
  return answer.kind === 'ask' ? /^To use \S+ I need .*\?/.exec(answer.text)?.[0] : answer.kind;
}

describe('what is not to be done is not done', () => {
  test.each([
    'I don’t want to delete pet 7',
    'please do not remove the order 3',
    'never delete a pet',
    'We should not cancel order 12',
    'cancel the order 12? no, do not',
    'lösche pet 7 nicht',
    'don’t show me the user bob',
  ])('%s', async (sentence) => {
    expect(gist(await talk(sentence))).toBe('explain');
  });

  test.each([
    'Why are pets not listed?',
    'get pet 7',
    'do you have pet 7?',
    'donut orders',
    'don’t forget to list the pets',
  ])('%s: that is no refusal', (sentence) => {
    expect(isRefusal(sentence)).toBe(false);
  });
});

describe('nothing is deleted or changed that nobody asked for', () => {
  test.each([
    ['order pet 5', 'shop__delete_order'],
    ['order 3', 'shop__delete_order'],
    ['the pet 7', 'shop__delete_pet'],
    ['users', 'shop__create_user'],
  ])('%s is not %s', async (sentence, tool) => {
    const answer = await talk(sentence);
    expect('tool' in answer ? answer.tool : answer.text).not.toContain(tool);
  });
});

describe('a sentence', () => {
  test.each<[sentence: string, tool: string, given: object]>([
    [
      'place an order for 3 of pet 5, shipped next Tuesday',
      'shop__place_order',
      { body: { petId: 5, quantity: 3, shipDate: '2026-03-17T00:00:00Z' } },
    ],
    ['set the status of pet 10 to sold', 'shop__update_pet_with_form', { petId: 10, status: 'sold' }],
    ['change the name of pet 10 to Max', 'shop__update_pet_with_form', { petId: 10, name: 'Max' }],
    ['list files, tenant-id: acme-1', 'files__get_files', { 'tenant-id': 'acme-1' }],
    ['get the user john', 'shop__get_user_by_name', { username: 'john' }],
  ])('%s', async (sentence, tool, given) => {
    expect(gist(await talk(sentence))).toEqual([tool, given]);
  });

  test('takes no word of another tool’s name for the name of something', async () => {
    expect(gist(await talk('show my files sorted by name'))).toMatch(/^To use files__get_files I need/);
  });

  test('that wants something written is about no tool', async () => {
    expect(gist(await talk('build me a sentence about pets'))).toBe('explain');
    expect(gist(await talk('write a short poem about the order 3'))).toBe('explain');
  });
});

describe('an answer', () => {
  const asked = /^To use shop__delete_pet I need the pet id/;

  test.each(['the second one', 'that one', 'yes', 'hm, I do not know'])(
    'that names nothing is asked again: %s',
    async (vague) => {
      expect(gist(await talk('delete the pet', vague))).toMatch(asked);
      expect(gist(await talk('list the files', vague))).toMatch(/^To use files__get_files I need/);
    },
  );

  test('that names one of what is offered by its place takes that', async () => {
    expect(gist(await talk('set the access to a file', 'the second one'))).toEqual([
      'files__set_access',
      { access: 'team' },
    ]);
    expect(gist(await talk('set the access to a file', 'the last'))).toEqual([
      'files__set_access',
      { access: 'everybody' },
    ]);
  });

  test('with one name fills that only, and the rest is asked for', async () => {
    expect(gist(await talk('add a pet', 'name: Bello'))).toMatch(/I need the photo urls\./);
    expect(gist(await talk('add a pet', 'Bello'))).toMatch(/I need the photo urls\./);
    const whole = ['shop__add_pet', { body: { name: 'Bello', photoUrls: ['http://a.test/b.png'] } }];
    expect(gist(await talk('add a pet', 'name: Bello', 'http://a.test/b.png'))).toEqual(whole);
    expect(gist(await talk('add a pet', 'Bello, http://a.test/b.png'))).toEqual(whole);
  });

  test('is wanted for an object that has to be there and of which nothing was said', async () => {
    expect(gist(await talk(`rename the file ${FILE}`, 'acme'))).toMatch(/I need the name\./);
    expect(gist(await talk(`rename the file ${FILE}`, 'acme', 'report.pdf'))).toEqual([
      'files__update_file',
      { FileId: FILE, 'tenant-id': 'acme', body: { Name: 'report.pdf' } },
    ]);
  });
});
