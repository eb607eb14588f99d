import { describe, expect, test } from 'vitest';
import { serviceTools } from '../../../../test/fixtures/understanding/service-tools.ts';
import { respondByRules, type RuleAnswer, type RuleTools } from './respond.ts';
import { searchText } from './sentence/question.ts';
import { valuesIn } from './sentence/values.ts';

const TODAY = new Date('2026-03-10T12:00:00Z');
const KEY = 'Fq8XkLmN2pQ7rS3tUvWx1Y';
const AC = 'AC0123456789abcdef0123456789abcdef';
const all = serviceTools();

const answerTo = (text: string, tools: RuleTools = all): Promise<RuleAnswer> =>
  respondByRules({
    items: [{ type: 'message', role: 'user', content: [{ type: 'text', text }] }],
    tools,
    today: TODAY,
  });

async function gist(text: string, tools?: RuleTools): Promise<unknown> {
  const answer = await answerTo(text, tools);
  if (answer.kind === 'call') return [answer.tool, answer.arguments];
  return answer.kind === 'ask' ? /^To use (\S+) I need/.exec(answer.text)?.[1] : answer.kind;
}

describe('a question whose words say nothing of its tool', () => {
  test.each([
    ['is the api healthy?', 'compose__get_is_alive'],
    ['Is everything up and running', 'compose__get_is_alive'],
    ['is compose still alive right now?', 'compose__get_is_alive'],
    ['who am i?', 'figma__get_me'],
    ['please show me my profile', 'figma__get_me'],
    ['what is my email address in figma?', 'figma__get_me'],
    ['Wer bin ich?', 'figma__get_me'],
  ])('%s', async (sentence, tool) => {
    expect(await gist(sentence)).toEqual([tool, {}]);
  });

  test('is answered by the server that is named, asks which one where several can, and by none where none can', async () => {
    const none = { type: 'object', properties: {} };
    const more = serviceTools(
      ['shop__get_health', 'read', 'Health', none],
      ['shop__get_current_user', 'read', 'Who is signed in', none],
    );
    expect(await gist('is shop healthy?', more)).toEqual(['shop__get_health', {}]);
    const several = await answerTo('who am i', more);
    expect(several.kind === 'explain' && several.text).toMatch(/which one.*\n- \w+__get_\w+\n- \w+__get_/s);
    expect(await gist('is figma up?')).toBe('explain');
    expect(await gist('is the process web up?')).toEqual(['compose__get_process', { name: 'web' }]);
    expect(await gist('am i happy?')).toBe('explain');
  });
});

describe('a question is for what is told of a thing', () => {
  test.each([
    ['how many accounts are there?', 'twilio__list_account', {}],
    ['are there any processes running?', 'compose__get_processes', {}],
    ['is the process nginx still running?', 'compose__get_process', { name: 'nginx' }],
    ['did the process migrate finish?', 'compose__get_process', { name: 'migrate' }],
    ['on which ports is the process api listening', 'compose__get_process_ports', { name: 'api' }],
    ['scale web to 4 replicas', 'compose__scale_process', { name: 'web', scale: 4 }],
    ['how is the project doing?', 'compose__get_project_name', {}],
    [`when was file ${KEY} last modified?`, 'figma__get_file_meta', { file_key: KEY }],
    [`how many comments does file ${KEY} have`, 'figma__get_comments', { file_key: KEY }],
    [`when was account ${AC} created?`, 'twilio__fetch_account', { Sid: AC }],
    [`is account ${AC} active?`, 'twilio__fetch_account', { Sid: AC }],
    [`what is the balance of account ${AC}`, 'twilio__fetch_balance', { AccountSid: AC }],
    [`how many calls did account ${AC} make?`, 'twilio__list_call', { AccountSid: AC }],
    [`are there any messages in account ${AC}?`, 'twilio__list_message', { AccountSid: AC }],
    [
      `which phone numbers belong to account ${AC}?`,
      'twilio__list_incoming_phone_number',
      { AccountSid: AC },
    ],
  ])('%s', async (sentence, tool, given) => {
    expect(await gist(sentence)).toEqual([tool, given]);
  });

  test('what is asked of it, and what is told of something else, is no name of it', async () => {
    expect(await gist('what is my balance?')).toBe('twilio__fetch_balance');
    expect(await gist('did anyone react to comment 4411?')).toBe('figma__get_comments');
    expect(await gist('how many messages are there?')).toBe('twilio__list_message');
  });

  test('is found among many tools that have its other words in their names', async () => {
    const numbers = Array.from({ length: 14 }, (_, at) => `phones__list_account_number_count_${at}`);
    const none = { type: 'object', properties: {} };
    const more = serviceTools(...numbers.map((name) => [name, 'read', 'How many numbers', none] as const));
    expect(await gist('how many accounts are there?', more)).toEqual(['twilio__list_account', {}]);
  });

  test('is answered by a tool that counts where no more is said than what', async () => {
    const some = { type: 'object', properties: { where: { type: 'string' } } };
    const shop = serviceTools(
      ['shop__list_orders', 'read', 'Rows of orders', some],
      ['shop__count_orders', 'read', 'How many rows of orders there are', some],
    );
    for (const question of ['how many orders are there?', 'How many orders do we have', 'number of orders'])
      expect(await gist(question, shop)).toEqual(['shop__count_orders', {}]);
    expect(await gist('how many orders have a price over 5?', shop)).not.toEqual(['shop__count_orders', {}]);
    expect(await gist('list orders', shop)).toEqual(['shop__list_orders', {}]);
  });

  test('the search is asked for the thing, without ids and what is only asked of it', () => {
    const asked = (text: string) => searchText(text, valuesIn(text, TODAY));
    expect(asked(`when was account ${AC} created?`)).toBe('when was account');
    expect(asked('how many accounts are there?')).toBe('list accounts are there');
    expect(asked('is the worker running?')).toBe('is the worker');
    expect(asked('what did it cost yesterday?')).toBe('what did it cost yesterday');
    expect(asked('is it?')).toBe('is it');
  });
});

test('what is to be got rid of or emptied is destroyed after a yes only', async () => {
  const answer = await answerTo(`get rid of comment 4411 in file ${KEY}`);
  const given = { file_key: KEY, comment_id: '4411' };
  expect(answer).toMatchObject({ tool: 'figma__delete_comment', arguments: given, needsConfirmation: true });
  expect(await gist('empty the logs of nginx')).toBe('compose__truncate_process_logs');
  expect(await gist('is the queue empty?')).not.toBe('compose__truncate_process_logs');
});
