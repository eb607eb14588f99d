import { expect, test } from 'vitest';
import { toolNames, wordsOf, type Nameable } from './names.ts';

const named = (operationId: string | undefined, method = 'GET', path = '/x', tag?: string): Nameable => ({
  method,
  path,
  operationId,
  tag,
});
const nameOf = (operation: Nameable): string => toolNames([operation])[0] ?? '';

test.each([
  ['listPets', 'list_pets'],
  ['repos/list-for-org', 'list_repos_for_org'],
  ['actions/create-or-update-repo-secret', 'create_or_update_actions_repo_secret'],
  ['pet.findByStatus', 'find_pet_by_status'],
  ['chat_postMessage', 'post_chat_message'],
  ['admin_conversations_archive', 'archive_admin_conversations'],
  ['ContainerList', 'list_container'],
  ['move_ailment_list', 'list_move_ailment'],
  ['KV_Range', 'get_kv_range'],
  ['getUserUsingGET_1', 'get_user'],
  ['PetService_ListPets', 'list_pet_pets'],
  ['retrieve-a-page', 'retrieve_page'],
  ['GetHTTPStatusByID', 'get_http_status_by_id'],
  ['Post3dSecure', 'post_3d_secure'],
  ['domains_list_records', 'list_domains_records'],
  ['block_storage_get_snapshot', 'get_block_storage_snapshot'],
  ['initiatePayment', 'initiate_payment'],
  ['logs_archive_info', 'get_logs_archive_info'],
  ['listOAuth2Clients', 'list_oauth2_clients'],
  ['getItemResource-clinic-get', 'get_item_resource_clinic'],
  ['read_thing_x_get', 'read_thing'],
  ['token-list-accessors', 'list_token_accessors'],
  ['app-role-read-custom-secret-id', 'read_app_role_custom_secret_id'],
])('operationId %s becomes %s', (operationId, expected) => {
  expect(nameOf(named(operationId))).toBe(expected);
});

test('actions that frameworks name for every controller are called as others call them, where the method says so too', () => {
  const names = [
    named('tickets.index'),
    named('tickets.store', 'POST'),
    named('documents.index', 'POST'),
    named('store', 'POST', '/store'),
  ].map(nameOf);
  expect(names).toEqual(['list_tickets', 'create_tickets', 'post_documents_index', 'post_store']);
});

test.each([
  ['GET', '/users', 'list_users'],
  ['GET', '/api/v2/users/{id}', 'get_users_by_id'],
  ['POST', '/users', 'create_users'],
  ['PUT', '/users/{id}', 'replace_users_by_id'],
  ['PATCH', '/users/{userId}', 'update_users_by_user_id'],
  ['DELETE', '/users/{id}', 'delete_users_by_id'],
  ['POST', '/users/{id}/cancel', 'cancel_users'],
  ['GET', '/', 'get_root'],
  ['HEAD', '/files', 'head_files'],
  ['POST', '/jobs/{id}:cancel', 'cancel_jobs'],
  ['GET', '/Orders({OrderID})', 'get_orders_by_order_id'],
  ['GET', "/Customers('{ID}')/Orders", 'list_customers_orders'],
  ['GET', '/status/404', 'get_status_404'],
  ['GET', '/2.0/files', 'list_files'],
  ['GET', '/1/boards/{id}', 'get_boards_by_id'],
])('without an operationId %s %s becomes %s', (method, path, expected) => {
  expect(nameOf(named(undefined, method, path))).toBe(expected);
});

test('names of any length and script fit in forty legal characters', () => {
  const ids = [
    'a'.repeat(200),
    'getTheVeryLongNameOfAnOperationThatNobodyCanEverRemember',
    '取得',
    '💥',
    '---',
    'x'.repeat(39) + 'Y',
    'Überprüfung',
  ];
  const names = toolNames(ids.map((id, index) => named(id, 'GET', `/p/${index}`)));
  expect(names.filter((name) => !/^[a-z0-9_]{1,40}$/.test(name))).toEqual([]);
});

test('a name too long is shortened to its verb and last words, with a hash only where another would be called the same', () => {
  const long = 'getAllTransactionRulesOfTheLegalEntityOfOneBalancePlatform';
  const other = 'getAllTransferRulesOfTheLegalEntityOfOneBalancePlatform';
  expect(toolNames([named(long)])).toEqual(['get_legal_entity_one_balance_platform']);
  const both = [named(long, 'GET', '/rules/transactions'), named(other, 'GET', '/rules/transfers')];
  const names = toolNames(both);
  expect(new Set(names).size).toBe(2);
  expect(names.every((name) => /^get_[a-z_]+_[0-9a-f]{4}$/.test(name) && name.length <= 40)).toBe(true);
  expect(toolNames(both.toReversed())).toEqual(names.toReversed());
});

test('collisions are told apart by tag, else by what their paths say, else by a hash, whatever the order', () => {
  const tagged = [named('getThing', 'GET', '/a', 'One'), named('get_thing', 'GET', '/b', 'Two')];
  expect(toolNames(tagged)).toEqual(['get_one_thing', 'get_two_thing']);
  const told = [named('getThing', 'GET', '/a'), named('get_thing', 'GET', '/b')];
  expect(toolNames(told)).toEqual(['get_thing_a', 'get_thing_b']);
  const long = '/and-so-on'.repeat(5);
  const plain = [named('getThing', 'GET', `/a${long}`), named('get_thing', 'GET', '/b')];
  const names = toolNames(plain);
  expect(new Set(names).size).toBe(2);
  expect(toolNames(plain.toReversed())).toEqual(names.toReversed());
  expect(names.every((name) => /^get_thing_[0-9a-f]{4}$/.test(name))).toBe(true);
});

test('colliding operations of different methods are called by their paths, so that none has the verb of another', () => {
  const things = [
    named('Thing.list', 'GET', '/things'),
    named('thing_list', 'POST', '/things'),
    named('thing-list', 'GET', '/things/{id}'),
  ];
  const names = ['list_things', 'create_things', 'get_things_by_id'];
  expect(toolNames(things)).toEqual(names);
  expect(toolNames(things.toReversed())).toEqual(names.toReversed());
  // Where a path would take a name that another operation has, the hash stays.
  const taken = toolNames([...things, named('createThings', 'POST', '/make')]);
  expect(taken).toHaveLength(new Set(taken).size);
  expect(taken.at(-1)).toBe('create_things');
});

test('collisions are told apart by what their paths take, when that tells all of them apart', () => {
  const info = [named(undefined, 'GET', '/info.0.json'), named(undefined, 'GET', '/{comicId}/info.0.json')];
  expect(toolNames(info)).toEqual(['get_info_0_json', 'get_info_0_json_by_comic_id']);
  const nested = [named('getPet', 'GET', '/a/{id}'), named('get_pet', 'GET', '/b/{owner}/{id}')];
  expect(toolNames(nested)).toEqual(['get_pet_by_id', 'get_pet_by_owner_and_id']);
  const same = [named('getPet', 'GET', '/pets/{id}'), named('get_pet', 'GET', '/animals/{id}')];
  expect(toolNames(same)).toEqual(['get_pet', 'get_pet_animals']);
  const taken = [...info, named('get_info_0_json_by_comic_id', 'GET', '/x')];
  expect(new Set(toolNames(taken)).size).toBe(3);
  expect(toolNames(taken)[2]).toMatch(/^get_info_0_json_by_comic_id/);
});

test('another operation does not change a name', () => {
  const some = [
    named('listPets', 'GET', '/pets'),
    named('getPet', 'GET', '/pets/{id}'),
    named('getPet', 'GET', '/animals/{id}'),
  ];
  const more = [named('createPet', 'POST', '/pets'), ...some, named(undefined, 'DELETE', '/pets/{id}')];
  expect(toolNames(more).slice(1, 4)).toEqual(toolNames(some));
});

test('many operations of one name stay unique', () => {
  const names = toolNames(
    Array.from({ length: 2_000 }, (_, index) => named('same', 'GET', `/p/${index}`, 'tag')),
  );
  expect(new Set(names).size).toBe(2_000);
});

test('words are found in every spelling', () => {
  expect(wordsOf('parseHTMLPage-v2_now')).toEqual(['parse', 'html', 'page', 'v2', 'now']);
});

test('what FastAPI appends to the name of a function is left off', () => {
  expect(
    toolNames([
      named('read_item_api_v1_items__item_id__get', 'GET', '/api/v1/items/{item_id}'),
      named('create_item_api_v1_items__post', 'POST', '/api/v1/items/'),
      named('create_blog_post', 'POST', '/blog/post'),
    ]),
  ).toEqual(['read_item', 'create_item', 'create_blog_post']);
});

test('functions of one name are told apart by all that their paths say, where their literals do not', () => {
  const names = [
    named('get_student_students__student_id__get', 'GET', '/students/{student_id}'),
    named('get_student_get_by_name_get', 'GET', '/get-by-name'),
    named('get_student_get_by_name__student_id__get', 'GET', '/get-by-name/{student_id}'),
  ];
  expect(toolNames(names)).toEqual(['get_student_by_id', 'get_student_by_name', 'get_student_by_name_by_id']);
});

test('one operation at two addresses is told by what only one of them says', () => {
  const at = (operationId: string, path: string): Nameable => named(operationId, 'GET', path);
  expect(
    toolNames([
      at('Svc_ListSpaces', '/cluster/spaces'),
      at('Svc_ListSpaces', '/api/v1/spaces'),
      at('Svc_GetSpace', '/spaces/{id}'),
      at('Svc_GetSpace', '/api/v1/spaces/{id}'),
    ]),
  ).toEqual(['list_svc_spaces_cluster', 'list_svc_spaces_api_v1', 'get_svc_space', 'get_svc_space_api_v1']);
});
