import { expect, test } from 'vitest';
import type { GeneratorRow } from './measure-generator.ts';
import { ownFigures } from './own-figures.ts';
import { reasonOf } from './refusal-reasons.ts';
import { generatorsText } from './report.ts';

const report = [
  '# Gauntlet',
  '',
  '| description | operations | tools | valid names | strict schemas | output schema | described inputs | calls taken | true answers of tools | build | first list | tokens of the list |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  '| toys.yaml | 3 | 2 | 2 | 2 | 50.00 % | 100 % | 3 of 4 | 1 of 1 | 1.0 s, 90 MB | 100 ms, 57 MB | 800 |',
  '',
  '| bar | goal |',
].join('\n');

const theirs: GeneratorRow = {
  generator: 'openapi-mcp-generator',
  file: 'toys.yaml',
  quality: {
    tools: 3,
    validNames: 3,
    accepted: 3,
    strict: 1,
    compiling: 2,
    annotated: 0,
    withOutput: 0,
    parameters: 4,
    describedParameters: 3,
  },
  build: { seconds: 0.5, peakMb: 70 },
  list: { ms: 700, peakMb: 91.4, bytes: 1_201 },
  judged: {
    calls: 6,
    accepted: 4,
    misread: [],
    unjudged: [],
    uncalled: 1,
    refusals: [
      { tool: 'a', optional: false, why: 'GET /toys/{id} 400: a path parameter is not filled', input: {} },
      { tool: 'a', optional: true, why: 'GET /toys/{id} 400: a path parameter is not filled', input: {} },
    ],
  },
};

const failed = {
  generator: '@ivotoby/openapi-mcp-server',
  file: 'toys.yaml',
  why: 'Error: at /home/somebody/x.js',
};

test('figures of other generators stand beside those of our own report, description by description', () => {
  const text = generatorsText(ownFigures(report), [theirs, failed]);
  const lines = text.split('\n');
  expect(lines.filter((line) => line.startsWith('| toys.yaml'))).toEqual([
    '| toys.yaml | Counterpart | 2 | 2 | 2 | 2 | 50.00 % | 100 % | 3 of 4 | 1 of 1 | 1.0 s, 90 MB | 100 ms, 57 MB | 800 |',
    '| toys.yaml | openapi-mcp-generator 4.0.1 | 3 | 3 | 2 | 1 | 0.00 % | 75.00 % | 4 of 6 | – | 0.5 s, 70 MB | 700 ms, 91 MB | 301 |',
    '| toys.yaml | @ivotoby/openapi-mcp-server 1.16.1 | – | – | – | – | – | – | – | – | – | – | – |',
  ]);
  expect(text).toContain(
    '| Counterpart | 1 of 1 | 2 of 3 | 100 % | 100 % | 100 % | 50.00 % | 3 of 4, 75.00 % |',
  );
  expect(text).toContain('| @ivotoby/openapi-mcp-server 1.16.1 | 0 of 1 | 0 of 3 |');
});

test('what was not called, what made no server and why calls were refused is told, without the paths of a machine', () => {
  const text = generatorsText(ownFigures(report), [theirs, failed]);
  expect(text).toContain('of the 3 tools of openapi-mcp-generator 1 were not called');
  expect(text).toContain('made no server: Error: at x.js');
  expect(text).toContain('| a path parameter is sent as its placeholder | 2 | 0 |');
});

test.each([
  ['no request: Request timed out', 'the tool does nothing for a minute'],
  [
    'no request: Invalid arguments for tool x',
    'the tool refuses arguments that fit its listed schema, or fails',
  ],
  [
    'POST /x 400: [{"location":["request"],"severity":"Error","code":415,"message":"No supported"}]',
    'the media type of the body is another',
  ],
  [
    'POST /x 400: [{"location":["request"],"code":"required","message":"Body parameter is required"}]',
    'the body is missing',
  ],
  ['GET /x 422: [{"location":["request","query","page"],"code":"type"}]', 'the query is not as described'],
  ['GET /x 500: oh', 'something else'],
])('%s is counted as: %s', (why, reason) => {
  expect(reasonOf(why)).toBe(reason);
});

test('a report without its table, or without a column, is not taken for one', () => {
  expect(() => ownFigures('# Gauntlet')).toThrow('no table of descriptions');
  expect(() => ownFigures(report.replace('calls taken', 'calls'))).toThrow('no column "calls taken"');
});
