import { describe, expect, test } from 'vitest';
import type { GenerationEvent, JsonMembers } from '../../../kernel/ports.ts';
import { AnswerParts } from './answer-parts.ts';
import type { ThinkingHabits } from './thinking.ts';

const SIZES = [1, 2, 3, 7, 1000];
const delta = (members: JsonMembers, finish: string | null = null): JsonMembers => ({
  choices: [{ index: 0, delta: members, finish_reason: finish }],
});

/** A model that is asked several times: what is learned of one answer holds for the next. */
function model(startsThinking = false) {
  const habits = {
    startsThinking,
    learned: [] as boolean[],
    learn(starts: boolean) {
      habits.startsThinking = starts;
      habits.learned.push(starts);
    },
  };
  return habits;
}

function eventsOf(text: string, size: number, thinking: ThinkingHabits, finish = 'stop'): GenerationEvent[] {
  const parts = new AnswerParts({ model: 'm', thinking, estimatedInput: () => 1 });
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

  test('are found out at their end in the first answer of a model, and known from the next one on', () => {
    const habits = model();
    expect(both(eventsOf(ANSWER, 3, habits))).toEqual(['', 'Is 2 < 3? Yes.\n\nIt is.']);
    expect(habits.learned).toEqual([true]);
    expect(both(eventsOf(ANSWER, 3, habits))).toEqual(['Is 2 < 3? Yes.\n', 'It is.']);
  });

  test('are an answer after all where it ends without the mark, unless it was cut or calls a tool', () => {
    const habits = model(true);
    expect(said(eventsOf('Just hello.', 2, habits), 'text')).toBe('Just hello.');
    expect(habits.learned).toEqual([false]);
    expect(both(eventsOf('Just hel', 2, model(true), 'length'))).toEqual(['Just hel', '']);
  });

  test('are not looked for where they come beside the text or the mark is spoken of, and nothing else is held back', () => {
    const parts = new AnswerParts({ model: 'm', thinking: model(true), estimatedInput: () => 1 });
    const events = [
      ...parts.push(delta({ reasoning_content: 'hm' })),
      ...parts.push(delta({ content: 'a </think> b' })),
    ];
    expect(both(events)).toEqual(['hm', 'a </think> b']);
    const spoken = 'Thoughts end with `</think>` there, and <think> opens them. </think>';
    for (const size of SIZES) expect(both(eventsOf(spoken, size, model()))).toEqual(['', spoken]);
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
