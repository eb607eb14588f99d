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
