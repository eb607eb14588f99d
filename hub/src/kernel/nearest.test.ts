import { expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

it.each([
  ['get_pokemn', ['get_pokemon', 'get_berry'], ['get_pokemon']],
  ['pokemon', ['pokeapi__get_pokemon', 'notion__search'], ['pokeapi__get_pokemon']],
  ['strat', ['start', 'stop', 'status'], ['start']],
  ['zzzzzz', ['start', 'stop'], []],
  ['tools', ['ls', 'call'], []],
])('near to %s', (name, names, expected) => {
  expect(nearest(name, names)).toEqual(expected);
});

it('says nothing when nothing is near', () => {
  expect([didYouMean('x', ['weather']), didYouMean('wether', ['weather'])]).toEqual([
    '',
    ' Did you mean weather?',
  ]);
});
