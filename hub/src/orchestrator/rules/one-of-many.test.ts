import { describe, expect, test } from 'vitest';
import { engineTools } from '../../../../test/fixtures/understanding/engine-tools.ts';
import { chooseTool, type RuleTool } from './choose.ts';
import { respondByRules, type RuleAnswer } from './respond.ts';

const tools = engineTools();

const answerTo = (text: string): Promise<RuleAnswer> =>
  respondByRules({
    items: [{ type: 'message', role: 'user', content: [{ type: 'text', text }] }],
    tools,
    today: new Date('2026-03-10T12:00:00Z'),
  });

async function gist(text: string): Promise<unknown> {
  const answer = await answerTo(text);
  if (answer.kind === 'call') return [answer.tool, answer.arguments];
  return answer.kind === 'ask' ? /^To use (\S+) I need/.exec(answer.text)?.[1] : answer.kind;
}

describe('several things are meant, and no word is taken for the name of one', () => {
  test.each([
    ['which containers are running?', 'engine__list_container', {}],
    ['containers', 'engine__list_container', {}],
    ['list all containers including stopped ones', 'engine__list_container', { all: true }],
    ['zeige alle Container', 'engine__list_container', {}],
    ['datasets auflisten', 'traces__list_datasets', {}],
    ['show 10 datasets', 'traces__list_datasets', { limit: 10 }],
    ['clean up unused images', 'engine__prune_image', {}],
    ['list the swarm nodes', 'engine__list_node', {}],
  ])('%s', async (sentence, tool, given) => {
    expect(await gist(sentence)).toEqual([tool, given]);
  });
});

describe('what stands behind the word for a thing names it', () => {
  test.each([
    ['inspect container web', 'engine__inspect_container', { id: 'web' }],
    ['show the logs of container web-1', 'engine__get_container_logs', { id: 'web-1' }],
    ['get the dataset golden', 'traces__get_datasets', { datasetName: 'golden' }],
    ['items of the dataset golden', 'traces__list_dataset_items', { datasetName: 'golden' }],
    ['list traces of user u-42', 'traces__list_trace', { userId: 'u-42' }],
    ['list prompts with label production', 'traces__list_prompts', { label: 'production' }],
    ['prompts by tag billing', 'traces__list_prompts', { tag: 'billing' }],
    ['pets by tag cute', 'pets__find_pets_by_tags', { tags: ['cute'] }],
    ['find pets tagged friendly', 'pets__find_pets_by_tags', { tags: ['friendly'] }],
    ['rename container old to new-name', 'engine__rename_container', { id: 'old', name: 'new-name' }],
    ['delete the volume pgdata', 'engine__delete_volume', { name: 'pgdata' }],
    ['user theUser', 'pets__get_user_by_name', { username: 'theUser' }],
    ['unpause container job-7', 'engine__post_container_unpause', { id: 'job-7' }],
    ['members of project p-9', 'traces__get_project_memberships', { projectId: 'p-9' }],
    ['get score config sc-3', 'traces__get_score_configs_by_id', { configId: 'sc-3' }],
  ])('%s', async (sentence, tool, given) => {
    expect(await gist(sentence)).toEqual([tool, given]);
  });

  test('a thing that is asked for has no name, and what is destroyed is asked for and then confirmed', async () => {
    expect(JSON.stringify(await gist('which container uses most memory'))).not.toContain('uses');
    expect(await gist('delete a volume')).toBe('engine__delete_volume');
    expect(await answerTo('delete the volume pgdata')).toMatchObject({ needsConfirmation: true });
    expect(await answerTo('clean up unused images')).toMatchObject({ needsConfirmation: true });
  });
});

test('nobody is signed in who did not say so', async () => {
  expect(await gist('users')).toBe('pets__get_user_by_name');
  expect(JSON.stringify(await gist('system users'))).not.toContain('login');
  expect(await gist('log in user bob')).toEqual(['pets__login_user', { username: 'bob' }]);
});

test('a language that rules do not read is told so', async () => {
  for (const sentence of ['コンテナ一覧', 'покажи все тома', 'quelle est la météo', 'wie ist das Wetter'])
    expect(JSON.stringify(await answerTo(sentence))).toContain('The rules read English');
  expect(JSON.stringify(await answerTo('what is the weather like'))).not.toContain('The rules read English');
});

describe('of tools that the search puts first, none is taken that', () => {
  const tool = (name: string, effect: RuleTool['effect'], required: object = {}): RuleTool => ({
    name: `some__${name}`,
    description: name.replaceAll('_', ' '),
    parameters: { type: 'object', properties: { ...required }, required: Object.keys(required) },
    effect,
  });
  const id = { type: 'string' };
  const chosen = (sentence: string, found: readonly RuleTool[]) =>
    chooseTool(sentence, found, new Date('2026-03-10T12:00:00Z'))?.tool.name;

  test('passes over an id that another one takes', () => {
    const found = [
      tool('get_project_name', 'read'),
      ...['plugin', 'task', 'secret', 'node', 'image', 'volume'].map((name) => tool(`get_${name}`, 'read')),
      tool('get_organization_project_memberships', 'read', { projectId: id }),
    ];
    expect(chosen('members of project p-9', found)).toBe('some__get_organization_project_memberships');
  });

  test('looks at one thing where another one lists what is meant', () => {
    const found = ['inspect_swarm', 'get_plugin', 'get_task', 'get_secret', 'list_node'];
    expect(
      chosen(
        'list the swarm nodes',
        found.map((name) => tool(name, 'read')),
      ),
    ).toBe('some__list_node');
  });

  test('writes, for a sentence that says nothing of writing', () => {
    const body = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    const found = [tool('update_project', 'write', { projectId: id, body })];
    expect(chosen('members of project p-9', found)).toBeUndefined();
  });
});
