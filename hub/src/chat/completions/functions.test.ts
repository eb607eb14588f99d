import type { ChatMessage } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { CallIds } from './call-ids.ts';
import { askedTools, toToolMessages } from './functions.ts';

const look = { name: 'look', description: 'Looks', parameters: { type: 'object' } };
const tool = { type: 'function' as const, function: { name: 'look' } };
const user = (content: string): ChatMessage => ({ role: 'user', content });
const calls = (name: string, given = '{}'): ChatMessage => ({
  role: 'assistant',
  content: null,
  function_call: { name, arguments: given },
});
const gives = (name: string, content: string | null = 'a heart'): ChatMessage => ({
  role: 'function',
  name,
  content,
});

describe('what programs from before tools ask with', () => {
  test('is tools, of which any, none or one may be called', () => {
    expect(askedTools({ functions: [look, { name: 'walk' }] })).toEqual({
      tools: [look, { name: 'walk', parameters: { type: 'object', properties: {} } }],
      choice: undefined,
      asFunctions: true,
    });
    expect(askedTools({ functions: [look], function_call: 'none' }).choice).toEqual({ mode: 'none' });
    expect(askedTools({ functions: [look], function_call: { name: 'look' } }).choice).toMatchObject({
      mode: 'required',
      names: [{ name: 'look' }],
      isForced: true,
    });
    expect(askedTools({ tools: [tool], tool_choice: 'auto' })).toMatchObject({
      tools: [{ name: 'look' }],
      choice: { mode: 'auto' },
      asFunctions: false,
    });
  });

  test.each([
    ['functions', { functions: [look], tools: [tool] }],
    ['tool_choice', { functions: [look], tool_choice: 'auto' as const }],
    ['function_call', { function_call: 'auto' as const }],
    ['function_call', { tools: [tool], function_call: 'auto' as const }],
    ['function_call.name', { functions: [look], function_call: { name: 'fly' } }],
  ])('is refused at %s where it is mixed or names what is not there', (field, request) => {
    expect(() => askedTools(request)).toThrow(`\`${field}\``);
  });
});

describe('calls of functions in messages', () => {
  const thread = () => new CallIds().thread('owner');

  test('are calls of tools with an id, and what was said is as it was', () => {
    const said: ChatMessage[] = [user('Look!'), calls('look'), gives('look', null), user('And?')];
    const told = toToolMessages(said, thread());
    expect(told).toMatchObject([
      user('Look!'),
      { role: 'assistant', content: null, tool_calls: [{ function: { name: 'look', arguments: '{}' } }] },
      { role: 'tool', content: '' },
      user('And?'),
    ]);
    const [, called, answered] = told;
    expect(called).not.toHaveProperty('function_call');
    const id = called?.role === 'assistant' ? called.tool_calls?.[0]?.id : '';
    expect(answered).toMatchObject({ tool_call_id: id });
    expect(id).toMatch(/^call_[0-9a-f]{24}$/);
  });

  test('that say the same have different ids', () => {
    const said = [user('Look!'), calls('look'), gives('look'), calls('look'), gives('look'), user('And?')];
    const ids = toToolMessages(said, thread()).flatMap((one) =>
      one.role === 'tool' ? [one.tool_call_id] : [],
    );
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    ['messages[1].name', [user('Look!'), gives('look')]],
    ['messages[2].name', [user('Look!'), calls('look'), gives('walk')]],
    ['messages[3].name', [user('Look!'), calls('look'), gives('look'), gives('look')]],
    ['messages[1].function_call', [user('Look!'), calls('look'), user('And?')]],
    ['messages[1].function_call', [user('Look!'), calls('look')]],
    [
      'messages[1].function_call',
      [
        user('Look!'),
        { ...calls('look'), tool_calls: [{ id: 'a', function: { name: 'b', arguments: '' } }] },
      ],
    ],
  ] as readonly (readonly [string, ChatMessage[]])[])(
    'are refused at %s where a call and its answer do not stand together',
    (field, said) => {
      expect(() => toToolMessages(said, thread())).toThrow(`\`${field}\``);
    },
  );
});

describe('the id of a call that was answered to a program', () => {
  const asked = [user('Look!')];
  const back = [...asked, calls('look', '{"at":1}'), gives('look')];
  const idIn = (ids: CallIds, principal: string, said: readonly ChatMessage[]): unknown => {
    const told = toToolMessages(said, ids.thread(principal)).findLast(({ role }) => role === 'tool');
    return told?.role === 'tool' ? told.tool_call_id : undefined;
  };
  const answered = (): CallIds => {
    const ids = new CallIds();
    const thread = ids.thread('owner');
    toToolMessages(asked, thread);
    thread.answered({ callId: 'model-7', name: 'look', arguments: '{"at":1}' });
    return ids;
  };

  test('is found when the call comes back, as often as it does', () => {
    const ids = answered();
    expect(idIn(ids, 'owner', back)).toBe('model-7');
    expect(idIn(ids, 'owner', back)).toBe('model-7');
  });

  test('is that of the same call in the same talk of the same principal only', () => {
    const ids = answered();
    expect(idIn(ids, 'ada', back)).not.toBe('model-7');
    expect(idIn(ids, 'owner', [user('See!'), ...back.slice(1)])).not.toBe('model-7');
    expect(idIn(ids, 'owner', [...asked, calls('look', '{"at":2}'), gives('look')])).not.toBe('model-7');
  });

  test('is forgotten when a thousand others came after it', () => {
    const ids = answered();
    const later = ids.thread('owner');
    for (let n = 0; n < 1_000; n += 1)
      later.answered({ callId: `later-${n}`, name: 'look', arguments: `${n}` });
    expect(idIn(ids, 'owner', back)).toMatch(/^call_/);
  });
});
