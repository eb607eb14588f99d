import { expect, test } from 'vitest';
import { missingCapability } from './client-capabilities.ts';

test.each([
  ['elicitation/create', {}, { elicitation: {} }, undefined],
  ['elicitation/create', { mode: 'form' }, { elicitation: { form: {} } }, undefined],
  ['elicitation/create', {}, { elicitation: { url: {} } }, { elicitation: { form: {} } }],
  ['elicitation/create', { mode: 'url' }, { elicitation: {} }, { elicitation: { url: {} } }],
  ['elicitation/create', { mode: 'url' }, { elicitation: { url: {} } }, undefined],
  ['elicitation/create', {}, {}, { elicitation: { form: {} } }],
  ['sampling/createMessage', {}, { sampling: {} }, undefined],
  ['sampling/createMessage', { tools: [] }, { sampling: {} }, { sampling: { tools: {} } }],
  ['roots/list', {}, {}, { roots: {} }],
  ['roots/list', {}, { roots: {} }, undefined],
])('%s %j of a client that declares %j lacks %j', (method, params, declared, missing) => {
  expect(missingCapability(method, params, declared)).toEqual(missing);
});
