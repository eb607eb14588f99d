import { expect, test } from 'vitest';
import { chooseOperations, selectorsFor, type Choice } from './choose.ts';
import { groupOperations, type Choosable } from './groups.ts';
import { parseRequest, stemsOf } from './words.ts';

const operation = (line: string, tag?: string): Choosable => {
  const [method = '', path = '', name = ''] = line.split(' ');
  return {
    name,
    tags: tag === undefined ? [] : [tag],
    effect: method === 'GET' ? 'read' : 'write',
    source: { pointer: '#', operationId: name },
    http: { method, path, parameters: [], responses: [], accept: [] },
  };
};

const service = [
  operation('GET /repos/{r}/issues list_issues', 'issues'),
  operation('POST /repos/{r}/issues create_issue', 'issues'),
  operation('GET /repos/{r}/issues/{i}/comments list_issue_comments', 'issues'),
  operation('GET /repos/{r}/pulls list_pulls', 'pulls'),
  operation('PUT /repos/{r}/pulls/{p}/merge merge_pull', 'pulls'),
  operation('GET /users/{u} get_user', 'users'),
  operation('GET /users/{u}/gists list_gists', 'users'),
];

const names = (choice: Choice): string[] =>
  chooseOperations(service, choice, 'it.json').map(({ name }) => name);
const every = service.map(({ name }) => name);

test.each<[Choice, string[]]>([
  [{ select: 'only issues and pull requests' }, every.slice(0, 5)],
  [{ select: 'Pulls' }, ['list_pulls', 'merge_pull']],
  [{ select: 'read-only issues' }, ['list_issues', 'list_issue_comments']],
  [{ select: 'issues without comments' }, ['list_issues', 'create_issue']],
  [{ select: 'issues without creating' }, ['list_issues', 'list_issue_comments']],
  [{ select: 'everything except users' }, every.slice(0, 5)],
  [{ select: 'gists' }, ['list_gists']],
  [{ select: 'merging a pull' }, ['list_pulls', 'merge_pull']],
  [{ include: ['users'] }, ['get_user', 'list_gists']],
  [{ include: ['/repos/{r}/pulls', 'GET /users/{u}'] }, ['list_pulls', 'merge_pull', 'get_user']],
  [{ exclude: ['issues', 'get_user'] }, ['list_pulls', 'merge_pull', 'list_gists']],
  [{ include: ['issues'], exclude: ['create_issue'] }, ['list_issues', 'list_issue_comments']],
  [{ maxTools: 2 }, ['list_issues', 'get_user']],
  [{ select: 'issues', maxTools: 1 }, ['list_issues']],
])('%j chooses %j', (choice, chosen) => {
  expect(names(choice)).toEqual(chosen);
});

test.each<[Choice]>([
  [{ select: 'invoices' }],
  [{ select: 'issues and invoices' }],
  [{ select: 'issues without invoices' }],
  [{ select: 'the' }],
  [{ exclude: ['issues', 'pulls', 'users'] }],
])('what means nothing here is refused with the groups there are: %j', (choice) => {
  expect(() => names(choice)).toThrow(
    expect.objectContaining({
      code: 'SELECTION_EMPTY',
      message: expect.stringContaining('issues (3), pulls (2), users (2)') as string,
    }) as Error,
  );
});

test('a choice is kept as whole tags and single names, and means the same when it is read again', () => {
  const chosen = chooseOperations(service, { select: 'pulls and gists' }, 'it.json');
  const kept = selectorsFor(chosen, service);
  expect(kept).toEqual(['pulls', 'list_gists']);
  expect(names({ include: kept })).toEqual(chosen.map(({ name }) => name));
});

test('groups are tags, or the first telling part of the path where there are none', () => {
  expect(
    groupOperations(service).map(({ name, kind, operations }) => [name, kind, operations.length]),
  ).toEqual([
    ['issues', 'tag', 3],
    ['pulls', 'tag', 2],
    ['users', 'tag', 2],
  ]);
  const bare = ['GET /api/v1/pets/{id} a', 'GET /api/v1/pets b', 'GET /api/v1/shops c'].map((line) =>
    operation(line),
  );
  expect(groupOperations(bare).map(({ name, kind, operations }) => [name, kind, operations])).toEqual([
    ['/api/v1/pets', 'path', ['a', 'b']],
    ['/api/v1/shops', 'path', ['c']],
  ]);
});

test('a sentence is taken apart into what is wanted, what is not, and whether to read only', () => {
  expect(parseRequest('Only the issues & pull-requests, but not the comments')).toEqual({
    wanted: [['issue'], ['pull', 'request']],
    unwanted: [['comment']],
    readsOnly: false,
  });
  expect(parseRequest('no writes')).toEqual({ wanted: [], unwanted: [], readsOnly: true });
  expect(stemsOf('repositoriesOfBoxes addressBook classes')).toEqual([
    'repository',
    'box',
    'address',
    'book',
    'class',
  ]);
});
