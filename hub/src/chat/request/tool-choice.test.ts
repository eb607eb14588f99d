import { expect, test } from 'vitest';
import { chosenTools } from './tool-choice.ts';

const tool = (name: string) => ({ name, parameters: { type: 'object' } });
const tools = [tool('look'), tool('walk')];
const named = (...names: string[]) => names.map((name) => ({ name, field: `tool_choice.${name}` }));

test('without a choice all tools are offered, and nothing is said where there are none', () => {
  expect(chosenTools(tools, undefined)).toEqual({ tools });
  expect(chosenTools([], { mode: 'auto' })).toEqual({ toolChoice: 'auto' });
});

test('where nothing is to be called, nothing of the hub is offered either', () => {
  expect(chosenTools(tools, { mode: 'none' })).toEqual({ tools, toolChoice: 'none', view: 'none' });
});

test('of allowed tools only those are offered, of a named one all, and a name that is not there is refused', () => {
  expect(chosenTools(tools, { mode: 'required', names: named('walk') })).toEqual({
    tools: [tool('walk')],
    toolChoice: 'required',
    view: 'none',
  });
  expect(chosenTools(tools, { mode: 'required', names: named('walk'), isForced: true })).toEqual({
    tools,
    toolChoice: { name: 'walk' },
  });
  expect(() => chosenTools(tools, { mode: 'auto', names: named('look', 'fly') })).toThrow(/tool_choice\.fly/);
});
