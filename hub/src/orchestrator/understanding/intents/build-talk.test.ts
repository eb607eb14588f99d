import { describe, expect, test } from 'vitest';
import { buildTalk, selectionOf } from './build-talk.ts';

describe('what is said of a build besides yes and no', () => {
  test.each([
    'what is it doing?',
    'what’s it doing',
    'how is the build going?',
    'is it ready?',
    'are you done yet?',
    'status',
    'was machst du gerade?',
    'wie weit ist es?',
    'où en es-tu ?',
    '¿cómo va?',
    'готово?',
    '进度',
  ])('asks how it is doing: %s', (said) => {
    expect(buildTalk(said)).toEqual({ kind: 'status' });
  });

  test.each([
    ['no, without the clan tools', 'without the clan tools'],
    ['No, call it Tempo', 'call it Tempo'],
    ['yes, but without the delete tool', 'without the delete tool'],
    ['ok but name it forecast', 'name it forecast'],
    ['nein, ohne die Clan-Werkzeuge', 'ohne die Clan-Werkzeuge'],
    ['non, sans les outils de clan', 'sans les outils de clan'],
    ['no, sin las herramientas de clan', 'sin las herramientas de clan'],
    ['only the ones that read', 'only the ones that read'],
  ])('changes the wish: %s', (said, wish) => {
    expect(buildTalk(said)).toEqual({ kind: 'change', wish });
  });

  test.each([
    ['reject: it reaches example.com', 'it reaches example.com'],
    ['no, because it reaches too many hosts', 'because it reaches too many hosts'],
    ['reject because I do not trust it', 'because I do not trust it'],
  ])('refuses with a reason: %s', (said, reason) => {
    expect(buildTalk(said)).toEqual({ kind: 'refuse', reason });
  });

  test.each([
    ['later', 'later'],
    ['skip it', 'later'],
    ['später', 'later'],
    ['done', 'done'],
    ['I entered it', 'done'],
    ['erledigt', 'done'],
    ['wait', 'follow'],
    ['weiter', 'follow'],
  ])('goes on: %s', (said, kind) => {
    expect(buildTalk(said)).toEqual({ kind });
  });

  test.each([
    '',
    'no',
    'no, what is the weather in Paris?',
    'no problem, what is next',
    'no, tell me a joke',
    'what is the weather?',
    'how are you?',
    'is the weather ready for a walk in the park?',
    'how do I get a key later?',
    'add the milk to my list',
    'what tools do I have?',
    `only ${'x '.repeat(400)}`,
  ])('is about something else: %s', (said) => {
    expect(buildTalk(said)).toBeUndefined();
  });
});

test.each([
  ['without the clan tools', 'without the clan tools'],
  ['ohne die Clan-Werkzeuge', 'without Clan tools'],
  ['seulement les joueurs et les clans', 'only joueurs and clans'],
  ['sin las herramientas de clan', 'without tools clan'],
])('a choice is told in the words that descriptions are chosen by: %s', (wish, words) => {
  expect(selectionOf(wish)).toBe(words);
});
