import type { ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { toolAction } from './action.ts';
import { analyseTool, summaryOf } from './analysis.ts';
import { loadWordVectors } from './meaning/word-vectors.ts';
import { ToolIndex } from './tool-index.ts';

const read = { readOnlyHint: true };
const tool = (name: string, description: string, more: Partial<ToolDefinition> = {}): ToolDefinition => ({
  name,
  description,
  inputSchema: { type: 'object' },
  ...more,
});

function indexed(...tools: readonly ToolDefinition[]): ToolIndex {
  const index = new ToolIndex();
  for (const one of tools) index.add(one.name, analyseTool(one.name, one));
  return index;
}

test('a tool is found by its name, its text, its parameters, their text and its tags', () => {
  const index = indexed(
    tool('alpha', 'Weather of a place.'),
    tool('bravo', 'One.', {
      inputSchema: { type: 'object', properties: { postalCode: { description: 'Five digits.' } } },
    }),
    tool('charlie', 'Two.', { _meta: { 'vendor.example': { tags: ['astronomy'] } } }),
    tool('deltaForce', 'Three.\n\nKnows tides as well.'),
  );
  for (const [query, name] of [
    ['weather', 'alpha'],
    ['postal code', 'bravo'],
    ['digits', 'bravo'],
    ['astronomy', 'charlie'],
    ['tides', 'deltaForce'],
    ['force', 'deltaForce'],
  ] as const)
    expect(index.find(query, 5)).toEqual([name]);
});

test('a synonym finds what the word itself would, and the word itself is worth more', () => {
  const index = indexed(tool('remove_page', 'Removes a page.'), tool('delete_page', 'Deletes a page.'));
  expect(index.find('delete page', 5)).toEqual(['delete_page', 'remove_page']);
  expect(index.find('erase page', 1)).toHaveLength(1);
});

test('of two tools for one thing the one that does what is asked comes first', () => {
  const index = indexed(
    tool('delete_thing', 'Deletes a thing.', { annotations: { destructiveHint: true } }),
    tool('post_thing', 'Creates a thing.', { annotations: { destructiveHint: false } }),
    tool('thing_info', 'Information about a thing.', { annotations: read }),
  );
  expect(index.find('throw away a thing', 1)).toEqual(['delete_thing']);
  expect(index.find('set up a thing', 1)).toEqual(['post_thing']);
  expect(index.find('which thing is it', 1)).toEqual(['thing_info']);
});

test('an unknown word stands for the known ones it begins, or begins with', () => {
  const index = indexed(tool('kubernetes_pods', 'Pods.'), tool('other', 'Other.'));
  expect(index.find('kub', 5)).toEqual([]);
  expect(index.find('kube', 5)).toEqual(['kubernetes_pods']);
});

test('equal tools come in order of name, and nothing comes for words that are nowhere', () => {
  const index = indexed(tool('b_thing', 'Same.'), tool('a_thing', 'Same.'));
  expect(index.find('same thing', 5)).toEqual(['a_thing', 'b_thing']);
  expect(index.find('zebra', 5)).toEqual([]);
  expect(index.find('', 5)).toEqual([]);
  expect(new ToolIndex().find('thing', 5)).toEqual([]);
});

test('a hostile definition costs bounded time and room', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, at) => [`parameter${at}`, { description: 'x'.repeat(10_000) }]),
  );
  const hostile = tool('big', 'word '.repeat(200_000), { inputSchema: { type: 'object', properties } });
  const { weights } = analyseTool('big', hostile);
  expect(weights.size).toBeLessThan(500);
});

test('of tools for one thing that with fewer words beside it comes first', () => {
  const index = indexed(
    tool('list_issues_events_repository', 'List issue events for a repository.'),
    tool('list_issues', 'List issues.'),
    tool('list_issue_comments', 'List comments of an issue.'),
  );
  expect(index.find('show issues', 1)).toEqual(['list_issues']);
});

test('initials find what they stand for', () => {
  const index = indexed(
    tool('replace_persistent_volume_claim', 'Replace a claim.'),
    tool('replace_pod', 'Replace a pod.'),
  );
  expect(index.find('replace the pvc', 1)).toEqual(['replace_persistent_volume_claim']);
});

test('what the package says for search is found, and counts less than the definition', () => {
  const index = new ToolIndex();
  const hinted = tool('remove_pins', 'Takes an item off.');
  index.add(hinted.name, analyseTool(hinted.name, hinted, { synonyms: ['bulletin'], questions: [] }));
  const plain = tool('get_bulletin', 'Gets the bulletin.');
  index.add(plain.name, analyseTool(plain.name, plain));
  expect(index.find('bulletin', 5)).toEqual(['get_bulletin', 'remove_pins']);
});

test('with vectors a word finds another that is used alike', async () => {
  const telegram = tool('send_telegram', 'Send a telegram.');
  const others = ['airport', 'river'].map((name) => tool(`send_${name}`, `Send a ${name}.`));
  const index = new ToolIndex(await loadWordVectors());
  for (const one of [...others, telegram]) index.add(one.name, analyseTool(one.name, one));
  expect(index.find('mail', 1)).toEqual(['send_telegram']);
  expect(indexed(...others, telegram).find('mail', 1)).toEqual([]);
});

test('a misspelt word finds the one it is nearly, and only where nothing else stands for it', () => {
  const index = indexed(tool('list_repositories', 'Repositories.'), tool('list_deposits', 'Deposits.'));
  expect(index.find('show repositroies', 1)).toEqual(['list_repositories']);
  expect(index.find('repos1tory', 5)).toEqual([]);
});

test('what takes something back is found where tools speak of the thing alone', () => {
  const index = indexed(
    tool('remove_pins', 'Takes an item off.', { annotations: { destructiveHint: true } }),
    tool('list_messages', 'Messages.', { annotations: read }),
  );
  expect(index.find('unpin it', 1)).toEqual(['remove_pins']);
});

test('of equal tools of several servers those of the server that is named come first', () => {
  const index = indexed(tool('alpha__list_files', 'Files.'), tool('beta__list_files', 'Files.'));
  expect(index.find('files in beta', 1)).toEqual(['beta__list_files']);
  expect(index.find('files', 2)).toEqual(['alpha__list_files', 'beta__list_files']);
});

test('questions of any length and kind are answered', () => {
  const index = indexed(tool('a_thing', 'A thing.'));
  for (const question of ['list', 'how do I', 'please', '__proto__', '💥', 'x '.repeat(100_000)])
    expect(Array.isArray(index.find(question, 5))).toBe(true);
  expect(index.find('constructor thing', 5)).toEqual(['a_thing']);
});

test('a summary is the first sentence in one line', () => {
  expect(summaryOf(tool('a', '  Gets v1.2 of\n it. More.'))).toBe('Gets v1.2 of');
  expect(summaryOf(tool('a', 'Gets v1.2 of it. More.'))).toBe('Gets v1.2 of it.');
  expect(summaryOf({ name: 'a', title: 'A title', inputSchema: { type: 'object' } })).toBe('A title');
});

/** A hundred tools that do such things to others, as a large catalog has them. */
const crowd = [
  'customer',
  'order',
  'phone_number',
  'label',
  'issue',
  'file',
  'user',
  'event',
  'number_range',
].flatMap((thing) => [
  tool(`shop__add_${thing}`, `Add a new ${thing} to the account.`),
  tool(`shop__get_${thing}`, `Get one ${thing} by its number.`),
  tool(`shop__list_${thing}s`, `Lists all ${thing}s.`),
  tool(`shop__update_${thing}`, `Updates a ${thing} and its numbers.`),
]);

test.each([
  ['calc__add', 'Add two numbers', 'add numbers'],
  ['calc__add', 'Sums up.', 'add numbers'],
  ['calc__add', '', 'please add some numbers'],
  ['calc__calculator_add', '', 'add two numbers'],
  ['disk__read', 'Takes a path.', 'read the number plate'],
])(
  'a tool whose name ends with the verb of a question is found among many: %s (%s)',
  (name, words, asked) => {
    const index = indexed(...crowd, tool(name, words));
    expect(index.find(asked, 5)).toContain(name);
  },
);

test('a verb alone outranks no tool that names the thing as well', () => {
  const index = indexed(...crowd, tool('calc__add', 'Add two numbers'));
  expect(index.find('add a customer', 1)).toEqual(['shop__add_customer']);
});

test('tools that nobody annotated are told apart by their verbs, and what is annotated to write never reads', () => {
  const index = indexed(...crowd);
  expect(index.find('add a label', 1)).toEqual(['shop__add_label']);
  const writes = tool('shop__check_labels', 'Checks labels.', { annotations: { readOnlyHint: false } });
  expect(toolAction(writes)).toBeUndefined();
  expect(toolAction({ ...writes, annotations: {} })).toBe('read');
});
