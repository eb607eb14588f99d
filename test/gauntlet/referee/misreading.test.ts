import { expect, test } from 'vitest';
import { misreadingOf } from './misreading.ts';

const required = (...location: string[]): object => ({ location, severity: 'Error', code: 'required' });
const said = JSON.stringify([required('request', 'body', 'tax'), required('request', 'body', 'tax', 'rate')]);

test('what is asked of an optional object that was not sent is the referee’s error; what was sent has to be whole', () => {
  const refused = { target: '/plans', said };
  expect(misreadingOf({ ...refused, form: 'currency=EUR' })).toMatch('not sent');
  expect(misreadingOf({ ...refused, form: 'currency=EUR&tax[kind]=none' })).toBeUndefined();
  expect(misreadingOf({ ...refused, form: '' })).toBeUndefined();
  const inner = JSON.stringify([required('request', 'body', 'tax', 'rate')]);
  expect(misreadingOf({ target: '/', said: inner, form: 'tax[kind]=none' })).toMatch('not sent');
  expect(misreadingOf({ target: '/', said: inner, form: 'tax[rate][of]=none' })).toBeUndefined();
});

test('a missing parameter stays missing, whatever else was asked', () => {
  const missing = JSON.stringify([required('request', 'query')]);
  expect(misreadingOf({ target: '/plans?a=1', form: '', said: missing })).toBeUndefined();
  const other = JSON.stringify([required('request', 'body', 'tax'), { location: [], code: 'type' }]);
  expect(misreadingOf({ target: '/plans', form: 'a=1', said: other })).toBeUndefined();
  const inQuery = JSON.stringify([required('request', 'query', 'tax')]);
  expect(misreadingOf({ target: '/plans?a=1', form: '', said: inQuery })).toMatch('not sent');
});

test('a list of objects that a form does hold is not read by the referee', () => {
  const problem =
    '[{"code":415,"message":"Cannot deserialize JSON object array in form data request body."}]';
  expect(misreadingOf({ target: '/', form: 'lines[0][price]=7', said: problem })).toMatch('no lists');
  expect(misreadingOf({ target: '/', form: 'lines=7', said: problem })).toBeUndefined();
});
