import { describe, expect, test } from 'vitest';
import type { GenerationEvent, JsonMembers } from '../../../kernel/ports.ts';
import { AnswerParts } from './answer-parts.ts';
import { Thinkers } from './thinkers.ts';
import type { ThinkingHabits } from './thinking.ts';

const SIZES = [1, 2, 3, 7, 1000];
const delta = (members: JsonMembers, finish: string | null = null): JsonMembers => ({
  choices: [{ index: 0, delta: members, finish_reason: finish }],
});

/** A model that is asked several times: what is learned of one answer holds for the next. */
function model(startsThinking?: boolean): ThinkingHabits {
  const thinkers = new Thinkers();
  return {
    get beginning() {
      return thinkers.habitsOf('m', startsThinking).beginning;
    },
    learn: (hasThought) => thinkers.habitsOf('m', startsThinking).learn(hasThought),
  };
}

function eventsOf(
  text: string,
  size: number,
  thinking: ThinkingHabits,
  { finish = 'stop', isWhole = false } = {},
): GenerationEvent[] {
  const parts = new AnswerParts({ model: 'm', thinking, isWhole, estimatedInput: () => 1 });
  const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
  return [
    ...pieces.flatMap((content) => parts.push(delta({ content }))),
    ...parts.push(delta({}, finish)),
    ...parts.end(),
  ];
}

const said = (events: readonly GenerationEvent[], type: 'text' | 'reasoning'): string =>
  events.map((event) => (event.type === type ? event.delta : '')).join('');
const both = (events: readonly GenerationEvent[]) => [said(events, 'reasoning'), said(events, 'text')];
const callsOf = (events: readonly GenerationEvent[]) => {
  const calls: { name: string; text: string }[] = [];
  for (const event of events) {
    if (event.type !== 'call') continue;
    const call = (calls[event.index] ??= { name: event.name ?? '', text: '' });
    call.text += event.delta;
  }
  return calls;
};

describe('thoughts that no mark opens', () => {
  const ANSWER = 'Is 2 < 3? Yes.\n</think>\n\nIt is.';

  test('are told as such where they come whole, and where the model is known for it, however they are cut', () => {
    expect(both(eventsOf(ANSWER, 1000, model()))).toEqual(['Is 2 < 3? Yes.\n', 'It is.']);
    for (const size of SIZES)
      expect(both(eventsOf(ANSWER, size, model(true)))).toEqual(['Is 2 < 3? Yes.\n', 'It is.']);
  });

  test('are found out at their end in the first stream of a model, and then known before anything is told', () => {
    const habits = model();
    expect(both(eventsOf(ANSWER, 3, habits))).toEqual(['', 'Is 2 < 3? Yes.\n\nIt is.']);
    for (const size of SIZES.slice(0, 2))
      expect(both(eventsOf(ANSWER, size, habits))).toEqual(['Is 2 < 3? Yes.\n', 'It is.']);
    expect(habits.beginning).toBe('always');
  });

  test('are told apart in the first answer already where nobody reads it before its end', () => {
    for (const size of SIZES) {
      expect(both(eventsOf(ANSWER, size, model(), { isWhole: true }))).toEqual([
        'Is 2 < 3? Yes.\n',
        'It is.',
      ]);
      const plain = eventsOf('2 < 3 </b> holds.', size, model(), { isWhole: true });
      expect(both(plain)).toEqual(['', '2 < 3 </b> holds.']);
    }
  });

  test('are told as they come by a model that always thought, and what it says without a thought is told once from then on', () => {
    const habits = model();
    for (let answer = 0; answer < 3; answer++) eventsOf(ANSWER, 3, habits);
    const parts = new AnswerParts({ model: 'm', thinking: habits, estimatedInput: () => 1 });
    expect(parts.push(delta({ content: 'Is it' }))).toEqual([{ type: 'reasoning', delta: 'Is it' }]);
    expect(said(eventsOf('Just hello.', 2, habits), 'text')).toBe('Just hello.');
    for (const isWhole of [false, true]) {
      expect(both(eventsOf('Just hello.', 2, habits, { isWhole }))).toEqual(['', 'Just hello.']);
      expect(both(eventsOf(ANSWER, 3, habits, { isWhole: true }))).toEqual(['Is 2 < 3? Yes.\n', 'It is.']);
    }
    for (let answer = 0; answer < 9; answer++) eventsOf(ANSWER, 3, habits);
    expect(both(eventsOf('Just hello.', 2, habits))).toEqual(['', 'Just hello.']);
  });

  test('of which a part came are told where the answer is cut, and show that it began before they are told', () => {
    expect(both(eventsOf('Just hel', 2, model(true), { finish: 'length' }))).toEqual(['Just hel', '']);
    const habits = model();
    eventsOf(ANSWER, 3, habits);
    expect(both(eventsOf('Just hel', 2, habits, { finish: 'length' }))).toEqual(['Just hel', '']);
    expect(both(eventsOf('Just hel', 2, model(), { finish: 'length', isWhole: true }))).toEqual([
      '',
      'Just hel',
    ]);
    const parts = new AnswerParts({ model: 'm', thinking: habits, estimatedInput: () => 1 });
    expect(parts.push(delta({ content: 'Is it' }))).toEqual([{ type: 'text', delta: '' }]);
    expect(parts.push(delta({ content: ' so?' }))).toEqual([]);
    expect(parts.isBegun).toBe(true);
  });

  test('are not looked for where they come beside the text or the mark is spoken of, and nothing else is held back', () => {
    const parts = new AnswerParts({ model: 'm', thinking: model(true), estimatedInput: () => 1 });
    const events = [
      ...parts.push(delta({ reasoning_content: 'hm' })),
      ...parts.push(delta({ content: 'a </think> b' })),
    ];
    expect(both(events)).toEqual(['hm', 'a </think> b']);
    const spoken = 'Thoughts end with `</think>` there, and <think> opens them. </think>';
    for (const size of SIZES)
      for (const isWhole of [false, true])
        expect(both(eventsOf(spoken, size, model(), { isWhole }))).toEqual(['', spoken]);
    const asItComes = new AnswerParts({ model: 'm', thinking: model(), estimatedInput: () => 1 });
    for (const content of ['1 < 2', ' and <b>', ' so</b>'])
      expect(asItComes.push(delta({ content }))).toEqual([{ type: 'text', delta: content }]);
  });
});

describe('the marks of gpt-oss', () => {
  const THOUGHT = '<|channel|>analysis<|message|>The user wants a < b.<|end|>';
  const FINAL = '<|start|>assistant<|channel|>final<|message|>a is < b.';

  test('tell thoughts from the answer, however they are cut', () => {
    for (const size of SIZES)
      for (const end of ['<|return|>', '<|end|>', ''])
        expect(both(eventsOf(THOUGHT + FINAL + end, size, model()))).toEqual([
          'The user wants a < b.',
          'a is < b.',
        ]);
    const bare = `${THOUGHT}assistant<|channel|>final<|message|>Yes.`;
    expect(both(eventsOf(bare, 3, model()))).toEqual(['The user wants a < b.', 'Yes.']);
  });

  test('make calls, with the recipient before the channel or behind it, and show what is said before them', () => {
    const answer = `${THOUGHT}<|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>commentary to=functions.get_pet <|constrain|>json<|message|>{"id":10}<|call|><|start|>assistant to=functions.find_pets<|channel|>commentary json<|message|>{"status":"a <b"}<|call|>`;
    for (const size of SIZES) {
      const events = eventsOf(answer, size, model());
      expect(callsOf(events)).toEqual([
        { name: 'get_pet', text: '{"id":10}' },
        { name: 'find_pets', text: '{"status":"a <b"}' },
      ]);
      expect(both(events)).toEqual(['The user wants a < b.', 'I look.']);
      expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'tool_calls' });
    }
  });

  test('come as they are written, and messages of others that a model makes up are left out', () => {
    const parts = new AnswerParts({ model: 'm', thinking: model(), estimatedInput: () => 1 });
    expect(parts.push(delta({ content: '<|channel|>final<|message|>One' }))).toEqual([
      { type: 'text', delta: 'One' },
    ]);
    expect(parts.push(delta({ content: ' two' }))).toEqual([{ type: 'text', delta: ' two' }]);
    const made = `${THOUGHT}<|start|>user<|message|>Really?<|end|>${FINAL}`;
    expect(both(eventsOf(made, 5, model()))).toEqual(['The user wants a < b.', 'a is < b.']);
  });

  test('that never come to a message hide nothing that is text', () => {
    const text = `<|channel|>${'is a mark of harmony. '.repeat(40)}`;
    expect(both(eventsOf(text, 50, model()))).toEqual(['', text]);
    expect(both(eventsOf('<|chance|> is none', 2, model()))).toEqual(['', '<|chance|> is none']);
  });
});
