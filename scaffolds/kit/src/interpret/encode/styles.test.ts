import type { Json, ParameterStyle } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { encodeStrict } from '../../http/percent.ts';
import { deepPairs, expandPairs, expandSegment } from './styles.ts';

const list = ['blue', 'black', 'brown'];
const object = { R: 100, G: 200, B: 150 };

/** The style table of OpenAPI 3.1.1, section 4.8.12.4: style, explode, then empty string, string, list, object. */
const segments: [ParameterStyle, boolean, string, string, string, string][] = [
  ['matrix', false, ';color', ';color=blue', ';color=blue,black,brown', ';color=R,100,G,200,B,150'],
  ['matrix', true, ';color', ';color=blue', ';color=blue;color=black;color=brown', ';R=100;G=200;B=150'],
  ['label', false, '.', '.blue', '.blue,black,brown', '.R,100,G,200,B,150'],
  ['label', true, '.', '.blue', '.blue.black.brown', '.R=100.G=200.B=150'],
  ['simple', false, '', 'blue', 'blue,black,brown', 'R,100,G,200,B,150'],
  ['simple', true, '', 'blue', 'blue,black,brown', 'R=100,G=200,B=150'],
];

const queries: [ParameterStyle, boolean, string, string, string, string][] = [
  ['form', false, 'color=', 'color=blue', 'color=blue,black,brown', 'color=R,100,G,200,B,150'],
  ['form', true, 'color=', 'color=blue', 'color=blue&color=black&color=brown', 'R=100&G=200&B=150'],
  [
    'spaceDelimited',
    false,
    'color=',
    'color=blue',
    'color=blue%20black%20brown',
    'color=R%20100%20G%20200%20B%20150',
  ],
  [
    'pipeDelimited',
    false,
    'color=',
    'color=blue',
    'color=blue%7Cblack%7Cbrown',
    'color=R%7C100%7CG%7C200%7CB%7C150',
  ],
  [
    'tabDelimited',
    false,
    'color=',
    'color=blue',
    'color=blue%09black%09brown',
    'color=R%09100%09G%09200%09B%09150',
  ],
  ['pipeDelimited', true, 'color=', 'color=blue', 'color=blue&color=black&color=brown', 'R=100&G=200&B=150'],
  [
    'deepObject',
    true,
    'color=',
    'color=blue',
    'color%5B%5D=blue&color%5B%5D=black&color%5B%5D=brown',
    'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150',
  ],
];

const segment = (style: ParameterStyle, explode: boolean, value: Json): string =>
  expandSegment({ name: 'color', style, explode }, value, encodeStrict);
const query = (style: ParameterStyle, explode: boolean, value: Json): string =>
  expandPairs({ name: 'color', style, explode }, value, encodeStrict).join('&');

describe('styles of the OpenAPI table', () => {
  test.each(segments)('%s with explode %s writes a path or header value', (style, explode, ...expected) => {
    expect(['', 'blue', list, object].map((value) => segment(style, explode, value))).toEqual(expected);
  });

  test.each(queries)('%s with explode %s writes a query value', (style, explode, ...expected) => {
    expect(['', 'blue', list, object].map((value) => query(style, explode, value))).toEqual(expected);
  });
});

describe('values', () => {
  test('booleans and numbers are written as JSON writes them', () => {
    expect([true, false, 0, -1.5, 1e21].map((value) => query('form', true, value))).toEqual([
      'color=true',
      'color=false',
      'color=0',
      'color=-1.5',
      'color=1e%2B21',
    ]);
  });

  test('null, empty lists and empty objects say nothing', () => {
    expect([null, [], {}, [null], { a: null }].map((value) => query('form', true, value))).toEqual([
      '',
      '',
      '',
      '',
      '',
    ]);
    expect([[], {}].map((value) => query('form', false, value))).toEqual(['', '']);
  });

  test('delimiters inside values are encoded, so that they stay apart from those between values', () => {
    expect(query('form', false, ['a,b', 'c'])).toBe('color=a%2Cb,c');
    expect(query('pipeDelimited', false, ['a|b', 'c'])).toBe('color=a%7Cb%7Cc');
    expect(segment('matrix', true, ['a;b=c'])).toBe(';color=a%3Bb%3Dc');
  });

  test('an object inside a list travels as JSON where the style has no deeper form', () => {
    expect(query('form', true, [{ a: 1 }])).toBe('color=%7B%22a%22%3A1%7D');
  });
});

describe('deepObject', () => {
  test('nests objects, repeats lists of scalars, and numbers lists of objects', () => {
    const value = { where: { city: 'Oslo', open: true }, ids: [1, 2], items: [{ price: 'p', quantity: 2 }] };
    expect(deepPairs('f', value).map(({ name, value: text }) => `${name}=${text}`)).toEqual([
      'f[where][city]=Oslo',
      'f[where][open]=true',
      'f[ids][]=1',
      'f[ids][]=2',
      'f[items][0][price]=p',
      'f[items][0][quantity]=2',
    ]);
  });
});
