import { expect, test } from 'vitest';
import { pickFields } from './fields.ts';

const issue = { id: 1, title: 'a', user: { login: 'x', id: 9 }, labels: [{ name: 'l', color: 'c' }] };
const page = { total: 2, next: null, data: [issue, { id: 2, title: 'b' }] };
const wide = { ...page, meta: { a: 1 } };

test.each([
  [issue, ['id'], { id: 1 }],
  [issue, ['user.login', 'labels[].name'], { user: { login: 'x' }, labels: [{ name: 'l' }] }],
  [issue, ['user', 'user.login'], { user: { login: 'x', id: 9 } }],
  [issue, ['/user/id', ' title '], { title: 'a', user: { id: 9 } }],
  [[issue, { id: 2 }], ['id'], [{ id: 1 }, { id: 2 }]],
  [page, ['id'], { total: 2, next: null, data: [{ id: 1 }, { id: 2 }] }],
  [wide, ['data.title', 'meta'], { data: [{ title: 'a' }, { title: 'b' }], meta: { a: 1 } }],
  [wide, ['title'], wide],
  [page, ['next'], { next: null }],
  ['text', ['id'], 'text'],
])('of %j the fields %j are %j', (value, fields, picked) => {
  expect(pickFields(value, fields).value).toEqual(picked);
});

test('of a page the list is known', () => {
  expect(pickFields(wide, ['user.login'], '/data').value).toEqual({
    total: 2,
    next: null,
    data: [{ user: { login: 'x' } }, {}],
  });
  const deep = { result: { items: [issue], n: 1 } };
  expect(pickFields(deep, ['id'], '/result/items').value).toEqual({ result: { items: [{ id: 1 }] } });
});

test('a name that is nowhere is said, with those that are; when none is there, nothing is taken away', () => {
  expect(pickFields(page, ['id', 'nam'])).toMatchObject({
    missing: ['nam'],
    known: ['id', 'title', 'user', 'labels'],
  });
  expect(pickFields(issue, ['nam'])).toEqual({ value: issue, missing: ['nam'], known: Object.keys(issue) });
});
