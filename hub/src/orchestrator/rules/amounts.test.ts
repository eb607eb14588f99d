import { describe, expect, test } from 'vitest';
import {
  amountTools,
  bankTools,
  creditTools,
  loneBankTools,
} from '../../../../test/fixtures/understanding/amount-tools.ts';
import { respondByRules, type RuleAnswer, type RuleTools } from './respond.ts';

const TODAY = new Date('2026-03-10T12:00:00Z');
const AC = 'AC0123456789abcdef0123456789abcdef';
const one = amountTools();

const answerTo = (text: string, tools: RuleTools = one): Promise<RuleAnswer> =>
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

describe('what is left of money is the balance', () => {
  test.each([
    'how much money is left on account AC',
    'How much money do we still have in account AC?',
    'please tell me how much money we have left in account AC',
    'how much is left on account AC',
    'how much cash remains in account AC?',
    'how much funds are available on account AC?',
    'how much money does account AC still have left?',
    'how much can I still spend from account AC',
    'do I have any money left in account AC',
    'have we got any money left on account AC?',
    'is there any money left on account AC',
    'what remains on account AC',
    'What’s the money left on account AC?',
    'show the remaining money of account AC',
    'wie viel Geld ist noch auf account AC',
    'combien d’argent reste-t-il sur account AC',
    '¿Cuánto dinero queda en account AC?',
  ])('%s', async (sentence) => {
    expect(await gist(sentence.replace('AC', AC))).toEqual(['twilio__fetch_balance', { AccountSid: AC }]);
  });

  test.each(['how much money is left', 'how much is still left to spend?', 'are we running out of money?'])(
    'and of what is asked for: %s',
    async (sentence) => {
      expect(await gist(sentence)).toBe('twilio__fetch_balance');
    },
  );

  test('of a thing that has a tool it is that tool, and of another thing nothing is called', async () => {
    expect(await gist('how many credits are left?', creditTools())).toEqual(['llm__get_credits', {}]);
    expect(await gist('how much disk space do we have left?')).toEqual(['disk__get_disk_space', {}]);
    expect(await gist('how many vacation days does employee 7 have left')).toEqual([
      'hr__get_leave_days',
      { employee_id: '7' },
    ]);
    for (const other of ['how much is left of the pizza', 'what is left to do', 'how much time is left'])
      expect(await gist(other)).toBe('explain');
    expect(await gist('how much money do I have to pay?')).toBe('explain');
  });

  test('is told by the service that is named; which one is asked where several can, and never is a whole for a part', async () => {
    const bank = bankTools();
    expect(await gist('how much money is left in bank?', bank)).toEqual(['bank__get_balance', {}]);
    const several = await answerTo('how much money is left?', bank);
    expect(several.kind === 'explain' && several.text).toMatch(
      /which one is meant:\n(?=[^]*- bank__get_balance)(?=[^]*- twilio__fetch_balance)/,
    );
    expect(await gist('how many credits are left?', bank)).not.toEqual(['store__list_credit_notes', {}]);
    const lone = loneBankTools();
    expect(await gist('how much money is left?', lone)).toEqual(['bank__get_balance', {}]);
    const customer = await gist('how much money does customer cus_12 have left', lone);
    expect(customer).not.toEqual(['bank__get_balance', {}]);
  });
});

describe('the last or first so many parts of something', () => {
  test.each<[sentence: string, tool: string, given: object]>([
    ['last 50 lines of the logs of nginx', 'compose__get_process_logs', { name: 'nginx', limit: 50 }],
    [
      'most recent 30 lines of the logs of process api',
      'compose__get_process_logs',
      { name: 'api', limit: 30 },
    ],
    [
      'show the last 20 lines of the log of container web-1',
      'engine__get_container_logs',
      { id: 'web-1', tail: '20' },
    ],
    ['the last 20 log lines of container web-1', 'engine__get_container_logs', { id: 'web-1', tail: '20' }],
    ['25 lines of the logs of container web-1', 'engine__get_container_logs', { id: 'web-1', tail: '25' }],
    [
      'die letzten 20 Zeilen der Logs von container web-1',
      'engine__get_container_logs',
      { id: 'web-1', tail: '20' },
    ],
    [
      'last 9 lines of the log of pod a-7 in namespace shop',
      'kube__read_pod_log',
      { name: 'a-7', namespace: 'shop', tailLines: 9 },
    ],
    [
      'first 9 lines of the log of pod a-7 in namespace shop',
      'kube__read_pod_log',
      { name: 'a-7', namespace: 'shop' },
    ],
    ['first 10 lines of the file /etc/hosts', 'disk__read_file', { path: '/etc/hosts', head: 10 }],
    ['last ten lines of the file notes/todo.md', 'disk__read_file', { path: 'notes/todo.md', tail: 10 }],
    [
      'last 3 items of the messages of channel random',
      'slack__list_messages',
      { channel: 'random', limit: 3 },
    ],
    ['first 3 commits of the repository hub', 'git__list_commits', { repo: 'hub', per_page: 3 }],
    ['last 10 entries of the commits of hub', 'git__list_commits', { repo: 'hub', per_page: 10 }],
    ['the first 5 rows of the orders of customer acme', 'store__list_orders', { customer: 'acme', limit: 5 }],
  ])('%s', async (sentence, tool, given) => {
    expect(await gist(sentence)).toEqual([tool, given]);
  });

  test('of time is no number of them', async () => {
    expect(await gist('orders of customer acme in the last 7 days')).toEqual([
      'store__list_orders',
      { customer: 'acme' },
    ]);
  });

  test('of a path that nothing takes asks', async () => {
    expect(await gist('show the last 12 lines of the logs of /var/log/syslog')).toBe(
      'compose__get_process_logs',
    );
  });

  test('of what is destroyed is still asked for', async () => {
    expect(await gist('empty the last 50 lines of the logs of nginx')).toBe('compose__truncate_process_logs');
  });
});
