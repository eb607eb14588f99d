import { describe, expect, test } from 'vitest';
import type { JsonMembers } from '../../kernel/ports.ts';
import { chooseTool, nameWords, type RuleTool } from './choose.ts';
import { fillAnswer, fillArguments } from './fill.ts';
import { respondByRules } from './respond.ts';
import { slotsOf } from './slots.ts';
import { valuesIn } from './sentence/values.ts';

const TODAY = new Date('2026-03-10T12:00:00Z');
const text = { type: 'string' };
const number = { type: 'integer' };

const tool = (
  name: string,
  effect: RuleTool['effect'],
  properties: JsonMembers = {},
  required: readonly string[] = [],
): RuleTool => ({ name, effect, description: '', parameters: { type: 'object', properties, required } });

/** What a sentence says of the arguments of a tool. */
const fill = (sentence: string, { name, effect, parameters }: RuleTool) =>
  fillArguments({
    parameters,
    toolWords: nameWords({ name, effect, parameters }),
    sentence,
    values: valuesIn(sentence, TODAY),
    isCareful: effect === 'destructive',
  });
const chosen = (sentence: string, ...tools: readonly RuleTool[]): string | undefined =>
  chooseTool(sentence, tools, TODAY)?.tool.name;

test('an id that no double holds is the id that was said', () => {
  const get = tool('s__get_order', 'read', { orderId: number }, ['orderId']);
  expect(fill('show order 9007199254740993', get).arguments).toEqual({ orderId: 9_007_199_254_740_993n });
  expect(fill('show order 9007199254740993.5', get).arguments).toEqual({});
});

describe('of several tools', () => {
  test('one that reads is meant where nothing says what is to be done', () => {
    const pet = { petId: number };
    expect(
      chosen(
        'pet 5',
        tool('s__pet_form', 'write', pet, ['petId']),
        tool('s__pet_card', 'read', pet, ['petId']),
      ),
    ).toBe('s__pet_card');
  });

  test('the one is meant that has the very verb, though it has something to ask for', () => {
    const set = tool('s__set_hat', 'write', { hatId: number }, ['hatId']);
    const body = { type: 'object', properties: { name: text } };
    const update = tool('s__update_hat', 'write', { hatId: number, body }, ['hatId', 'body']);
    expect(chosen('update hat 5', set, update)).toBe('s__update_hat');
    expect(chosen('set hat 5', update, set)).toBe('s__set_hat');
  });

  test('one that writes is meant without a verb that is known where two words, or a word and a value, name it', () => {
    expect(chosen('tidy the attic', tool('s__tidy_attic', 'write'))).toBe('s__tidy_attic');
    expect(chosen('hat 5', tool('s__hat_form', 'write', { hatId: number }))).toBe('s__hat_form');
    expect(chosen('the hat', tool('s__hat_form', 'write', { hatId: number }))).toBeUndefined();
  });

  test('one that composes is used where it is named so', async () => {
    const poem = tool('s__write_poem', 'read', { about: text }, ['about']);
    const message = { type: 'message', role: 'user', content: [{ type: 'text', text: 'write a poem' }] };
    const answer = await respondByRules({
      items: [message as never], // As the chat makes it.
      tools: { count: 1, get: () => poem, search: () => Promise.resolve([poem]) },
      today: TODAY,
    });
    expect(answer).toMatchObject({ kind: 'ask', text: expect.stringContaining('s__write_poem') as unknown });
  });
});

describe('a number', () => {
  test('is a quantity only of something', () => {
    const order = tool('s__place_order', 'write', { quantity: number, petId: number }, ['petId']);
    expect(fill('place an order, 7', order).arguments).toEqual({ petId: 7 });
    expect(fill('place an order, 3 of 7', order).arguments).toEqual({ quantity: 3, petId: 7 });
  });

  test('is that of the word before it', () => {
    const order = tool('s__find', 'read', { page: number, orderNumber: number });
    expect(fill('find order 5', order).arguments).toEqual({ orderNumber: 5 });
  });

  test('is no name of anything', () => {
    const note = tool('s__make_note', 'write', { title: text }, ['title']);
    expect(fill('make a note 5', note).missing.map(({ label }) => label)).toEqual(['title']);
  });

  test('is not the one that is pointed at', () => {
    for (const one of ['the latest one', 'the next one', 'another one', 'the previous one'])
      expect(valuesIn(`show ${one}`, TODAY)).toEqual([]);
    expect(valuesIn('show one', TODAY)).toMatchObject([{ text: '1' }]);
  });
});

describe('a word', () => {
  test('is no address', () => {
    const picture = tool('s__add_picture', 'write', { photoUrl: text }, ['photoUrl']);
    expect(fill('add a picture Rex', picture).missing.map(({ label }) => label)).toEqual(['photo url']);
  });

  test('behind “to” is a value where something is changed, and nowhere else', () => {
    const price = { status: text, petId: number };
    expect(fill('change the status to sold', tool('s__update_pet', 'write', price)).arguments).toEqual({
      status: 'sold',
    });
    expect(fill('get the status to sold', tool('s__get_pet', 'read', price)).arguments).toEqual({});
  });
});

describe('what has to be asked for', () => {
  const body = { type: 'object', properties: { folderId: number, title: text } };

  test('of an object that nothing was said of is what tells most, and it is not held against the tool', () => {
    const filled = fill('update it', tool('s__update_file', 'write', { body }, ['body']));
    expect([filled.missing.map(({ label }) => label), filled.unfilled]).toEqual([['title'], 0]);
  });

  test('of a tool that destroys is which one, and that is', () => {
    const filled = fill('delete it', tool('s__delete_file', 'destructive', { fileId: number }));
    expect([filled.missing.map(({ label }) => label), filled.unfilled]).toEqual([['file id'], 1]);
  });
});

describe('an answer', () => {
  const access = { type: 'string', enum: ['nobody', 'same', 'other'] };
  const slots = (properties: JsonMembers) =>
    slotsOf({ type: 'object', properties, required: Object.keys(properties) });
  const answered = (properties: JsonMembers, answer: string) =>
    fillAnswer({ given: {}, missing: slots(properties) }, answer, TODAY).given;

  test('by its place is one to a single question', () => {
    expect(answered({ access }, 'the second one')).toEqual({ access: 'same' });
    expect(answered({ access, name: text }, 'the second one')).toEqual({});
  });

  test('that names nothing elsewhere names what was offered', () => {
    expect(answered({ access }, 'other')).toEqual({ access: 'other' });
    expect(answered({ name: text }, 'the other')).toEqual({});
  });

  test('that is short is the first of what is missing, and a long one is not', () => {
    const both = { name: text, kind: text };
    expect(answered(both, 'Bello')).toEqual({ name: 'Bello' });
    expect(answered(both, 'I have not made up my mind on what I would like here')).toEqual({});
  });

  test('of which everything was used names nothing more', () => {
    const email = { type: 'string', format: 'email' };
    expect(answered({ name: text, email }, 'a@b.test')).toEqual({ email: 'a@b.test' });
  });
});

describe('what stands behind the name of an argument', () => {
  const user = tool(
    's__create_user',
    'write',
    { email: { type: 'string', format: 'email' }, name: text, role: text, city: text },
    ['email', 'name'],
  );
  const ada = { email: 'ada@x.org', name: 'Ada Lovelace' };

  test.each([
    ['create a user with email ada@x.org and name Ada Lovelace', ada],
    ['new user: name Ada Lovelace, email ada@x.org', ada],
    ['add user email ada@x.org, name Ada Lovelace, role admin', { ...ada, role: 'admin' }],
    [
      'create a user with role editor and the city New York and email ada@x.org',
      { email: 'ada@x.org', role: 'editor', city: 'New York' },
    ],
  ])('is its value: %s', (sentence, given) => {
    expect(fill(sentence, user).arguments).toEqual(given);
  });

  test('is none where it is the name of another one, or where nothing does', () => {
    expect(fill('create a user with name and email', user).arguments).toEqual({});
    expect(fill('create a user in city Paris with email a@b.co', user).arguments).toEqual({
      email: 'a@b.co',
      city: 'Paris',
    });
  });

  test.each([
    ['add a note with title Shopping and body milk and eggs', { title: 'Shopping', body: 'milk and eggs' }],
    ['add note, title Trip, tag home and list all notes', { title: 'Trip', tag: 'home' }],
    [
      'add a note with title Fire and body two of us saw smoke in room 4 at noon',
      { title: 'Fire', body: 'two of us saw smoke in room 4 at noon' },
    ],
  ])('goes on as long as it is told: %s', (sentence, given) => {
    const note = tool('s__add_note', 'write', { title: text, body: text, tag: text }, ['title']);
    expect(fill(sentence, note).arguments).toEqual(given);
  });

  test('ends before a day, and noon is a time', () => {
    const start = { type: 'string', format: 'date-time' };
    const event = tool('s__create_event', 'write', { title: text, start, location: text }, ['title']);
    expect(
      fill('create event with title Lunch and location Cafe Ada tomorrow at noon', event).arguments,
    ).toEqual({
      title: 'Lunch',
      location: 'Cafe Ada',
      start: '2026-03-11T12:00:00Z',
    });
    expect(fill('create event titled Review tomorrow at 9:30 in Room 5', event).arguments).toMatchObject({
      location: 'Room 5',
    });
  });
});

test('what is quoted is said, and what has a hash is where', () => {
  const send = tool('s__send_message', 'write', { channel: text, text }, ['channel', 'text']);
  expect(fill('send "hello" to #general', send).arguments).toEqual({ channel: 'general', text: 'hello' });
});

test.each([
  ['send a message to general: build 5 is green, at last', 'build 5 is green, at last'],
  ['send a message in general saying "hi all"', 'hi all'],
])('what is said is all that follows: %s', (sentence, said) => {
  const send = tool('s__send_message', 'write', { channel: text, text }, ['channel', 'text']);
  expect(fill(sentence, send).arguments['text']).toBe(said);
  expect(fill(sentence, send).arguments['channel']).toBe('general');
});

test('the name of another argument is no choice, unless things are sorted by it', () => {
  const sort = { type: 'string', enum: ['title', 'year'] };
  const books = tool('s__list_books', 'read', { title: text, year: number, sort });
  expect(fill('books with year 1969', books).arguments).toEqual({ year: 1969 });
  expect(fill('books sorted by year', books).arguments).toEqual({ sort: 'year' });
});

test.each([
  ['create an issue in acme/web titled Crash', { owner: 'acme', repo: 'web', title: 'Crash' }],
  [
    'open an issue in repo web of owner acme with title Crash on start and body It crashes, always',
    { owner: 'acme', repo: 'web', title: 'Crash on start', body: 'It crashes, always' },
  ],
  [
    'file an issue for acme/web: title Crash, body It fails with code 5',
    { owner: 'acme', repo: 'web', title: 'Crash', body: 'It fails with code 5' },
  ],
])('whose a thing is stands before a slash: %s', (sentence, given) => {
  const own = ['owner', 'repo', 'title'];
  const issue = tool('s__create_issue', 'write', { owner: text, repo: text, title: text, body: text }, own);
  expect(fill(sentence, issue).arguments).toEqual(given);
});

test('names of several words end a value, too', () => {
  const contact = tool('s__update_contact', 'write', { id: number, first_name: text, last_name: text }, [
    'id',
  ]);
  expect(fill('update contact 7 with first name Ada and last name Lovelace', contact).arguments).toEqual({
    id: 7,
    first_name: 'Ada',
    last_name: 'Lovelace',
  });
});

test('a way may have marks for its ends, and a beginning without a preposition', () => {
  const ends = ['from_account', 'to_account', 'amount'];
  const money = { from_account: text, to_account: text, amount: number, memo: text };
  const given = { amount: 50, from_account: 'A-1', to_account: 'B-2' };
  expect(fill('transfer 50 from A-1 to B-2', tool('s__transfer', 'write', money, ends)).arguments).toEqual(
    given,
  );
  const flights = tool('s__search_flights', 'read', { origin: text, destination: text }, [
    'origin',
    'destination',
  ]);
  expect(fill('fly Berlin to Rome', flights).arguments).toEqual({ origin: 'Berlin', destination: 'Rome' });
});

describe('a switch', () => {
  const on = { type: 'boolean' };

  test.each([
    ['deactivate user u-17', { user_id: 'u-17', active: false }],
    ['activate user u-17', { user_id: 'u-17', active: true }],
    ['unlock user u-17', { user_id: 'u-17', locked: false }],
    ['please lock user u-17', { user_id: 'u-17', locked: true }],
  ])('is turned by the verb for it: %s', (sentence, given) => {
    const user = tool('s__update_user', 'write', { user_id: text, active: on, locked: on }, ['user_id']);
    expect(fill(sentence, user).arguments).toEqual(given);
  });

  test.each([
    ['turn on the light in the kitchen', { room: 'kitchen', on: true }],
    ['switch the light in the living room off', { room: 'living room', on: false }],
  ])('is turned on and off: %s', (sentence, given) => {
    expect(fill(sentence, tool('s__set_light', 'write', { room: text, on }, ['room'])).arguments).toEqual(
      given,
    );
  });

  test('called enabled is turned by enable and disable', () => {
    const rule = tool('s__update_rule', 'write', { id: number, enabled: on }, ['id']);
    expect(fill('disable rule 5', rule).arguments).toEqual({ id: 5, enabled: false });
    expect(fill('enable rule 5', rule).arguments).toEqual({ id: 5, enabled: true });
  });
});

test('what something is not is no choice', () => {
  const status = { type: 'string', enum: ['open', 'shipped'] };
  const orders = tool('s__list_orders', 'read', { status, limit: number });
  expect(fill('orders that are not shipped', orders).arguments).toEqual({});
  expect(fill('the 3 newest orders that are shipped', orders).arguments).toEqual({
    status: 'shipped',
    limit: 3,
  });
});

test.each(['select * from users where id = 5', 'SELECT name, count(*) FROM t GROUP BY name'])(
  'a statement goes on to its end: %s',
  (sql) => {
    const query = tool('s__run_query', 'read', { sql: text, max_rows: number }, ['sql']);
    expect(fill(`run ${sql}`, query).arguments).toEqual({ sql });
    expect(fill(`run "${sql}"`, query).arguments).toEqual({ sql });
  },
);

test('languages are told from places', () => {
  const languages = { target_language: text, source_language: text };
  const translate = tool('s__translate', 'read', { text, ...languages }, ['text', 'target_language']);
  expect(fill('translate good morning into French', translate).arguments).toEqual({
    text: 'good morning',
    target_language: 'French',
  });
  expect(fill('translate "hola" from Spanish to English', translate).arguments).toEqual({
    text: 'hola',
    source_language: 'Spanish',
    target_language: 'English',
  });
});

test.each([
  ['send message channel: general, text: hi all in here', 'hi all in here'],
  ['send message: channel general, text hi', 'hi'],
  ['send a message to general: see: it works', 'see: it works'],
  ['send a message to general with text = lunch at noon, and cake', 'lunch at noon, and cake'],
])(
  'a colon behind the name of an argument says its value, another one all that follows: %s',
  (sentence, said) => {
    const send = tool('s__send_message', 'write', { channel: text, text }, ['channel', 'text']);
    expect(fill(sentence, send).arguments).toEqual({ channel: 'general', text: said });
  },
);
