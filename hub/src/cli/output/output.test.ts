import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { hubError, toProblem } from '@counterpart/schemas';
import { expect, it, vi } from 'vitest';
import { renderLogLine } from '../log-lines.ts';
import { broken, bytes, duration, shellWord } from './text/format.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { colouredOnly, harmlessJson, harmlessMembers } from './text/harmless.ts';
import { createPaint, paintCode } from './text/paint.ts';
import { renderLeftOut } from './server-table.ts';
import { startProgress } from './progress.ts';
import { renderProblem } from './problem.ts';
import { renderResult } from './result.ts';
import { callWords, sampleCall } from './sample-call.ts';
import { renderTable } from './text/table.ts';
import { wrap } from './text/wrap.ts';

const plain = createPaint(false);

it('a table leaves out empty columns, keeps colours out of its widths, and cuts the last column', () => {
  const bold = createPaint(true).strong;
  const table = renderTable(
    ['A', 'B', 'C'],
    [
      [bold('x'), '', 'a long text that does not fit there'],
      ['yyy', '', 'z'],
    ],
    30,
  );
  expect(stripVTControlCharacters(table)).toBe('A    C\nx    a long text that does no…\nyyy  z');
});

it('a table that is wider than its terminal goes on below each of its rows', () => {
  const rows = [
    ['everything', 'ready', '13', '', 'no note that is too long'],
    ['orders', 'asleep', '5', '1.0.0', ''],
    ['x', 'ready', '1', '', ''],
  ];
  expect(renderTable(['SERVER', 'STATE', 'TOOLS', 'VERSION', 'NOTE'], rows, 28)).toBe(
    [
      'SERVER      STATE   TOOLS',
      '    VERSION  NOTE',
      'everything  ready   13',
      '             no note that i…',
      'orders      asleep  5',
      '    1.0.0',
      'x           ready   1',
    ].join('\n'),
  );
});

it('a table counts the columns that letters take on a terminal, and cuts no address', () => {
  const rows = [
    ['天気予報', '明日の天気', '東京の天気を教えます'],
    ['x', 'é', 'http://127.0.0.1:8001/mirror/x'],
  ];
  expect(renderTable(['A', 'B', 'C'], rows, 60).split('\n')).toEqual([
    'A         B           C',
    '天気予報  明日の天気  東京の天気を教えます',
    'x         é           http://127.0.0.1:8001/mirror/x',
  ]);
  expect(
    renderTable(['A', 'C'], [rows[0]?.slice(1) ?? []], 26)
      .split('\n')
      .at(-1),
  ).toBe('明日の天気  東京の天気を…');
  expect(renderTable(['A', 'C'], [['pokeapi', 'http://127.0.0.1:8001/mirror/pokeapi']], 30)).toBe(
    'A\n    C\npokeapi\n    http://127.0.0.1:8001/mirror/pokeapi',
  );
});

it('what is left out for one reason is named while it is little, and counted where it is much', () => {
  const of = (server: string, number: number) =>
    Array.from({ length: number }, (_, at) => ({
      server,
      kind: 'tool' as const,
      name: `t${at}`,
      code: 'TOOL_QUARANTINED' as const,
      detail: 'it changed',
    }));
  expect(renderLeftOut([...of('a', 2), ...of('b', 200)], plain)).toEqual([
    '! tool t0 of a is left out: it changed',
    '! tool t1 of a is left out: it changed',
    '! 200 tools of b are left out: it changed',
  ]);
});

it('a clock that was set back makes no time below zero', () => {
  expect(duration(-86_400_000)).toBe('0 ms');
});

it('progress takes one row of the terminal, however narrow, and says nothing where nobody watches', async () => {
  const rows: string[] = [];
  const stderr = Object.assign(
    new Writable({ write: (chunk, _, done) => done(void rows.push(String(chunk))) }),
    {
      columns: 24,
    },
  );
  const watched = startProgress({ stderr, liveStderr: true }, 'calling pokeapi__list_pokemon');
  const unwatched = startProgress({ stderr, liveStderr: false, report: () => undefined }, 'starting');
  await vi.waitFor(() => expect(rows.length).toBeGreaterThan(0), 5_000);
  watched.stop();
  unwatched.stop();
  expect(rows.map(stripVTControlCharacters).join('')).toContain('calling pokeapi__… 1s');
  expect(rows.join('')).not.toContain('starting');
});

it('of several changes it is said how many break callers, of one that it does', () => {
  expect([broken(1, 1), broken(1, 3), broken(2, 3)]).toEqual([
    'and it breaks callers',
    '1 of them breaks callers',
    '2 of them break callers',
  ]);
});

it('lines are broken at blanks and stay indented; a long word stays whole, and colours take no room', () => {
  const link = 'https://example.com/a-long-address';
  expect(wrap(`one\n  → two three four ${link} five`, 16)).toBe(
    `one\n  → two three\n    four\n    ${link}\n    five`,
  );
  expect(wrap('  two three four', 12)).toBe('  two three\n  four');
  const bold = createPaint(true).strong('three');
  expect(wrap(`two ${bold}`, 9)).toBe(`two ${bold}`);
  expect(wrap('as it is', Number.POSITIVE_INFINITY)).toBe('as it is');
});

it('a command is shown as the reader can type it', () => {
  const text = 'Run `hub list` or `hubble`, then `hub`.';
  expect(paintCode(text, { colours: false, program: 'npx hub' })).toBe(
    'Run `npx hub list` or `hubble`, then `npx hub`.',
  );
  expect(paintCode(text, { colours: false, program: 'hub' })).toBe(text);
  const coloured = paintCode(text, { colours: true, program: 'npx hub' });
  expect(stripVTControlCharacters(coloured)).toBe('Run npx hub list or hubble, then npx hub.');
});

it('numbers are written as a person reads them', () => {
  expect([bytes(900), bytes(20_480), bytes(5_500_000)]).toEqual(['900 B', '20 kB', '5.2 MB']);
  expect([duration(12), duration(2_500), duration(90_000), duration(7_260_000)]).toEqual([
    '12 ms',
    '2.5 s',
    '1 min',
    '2 h 1 min',
  ]);
  expect([shellWord('a/b.c'), shellWord("it's")]).toEqual(['a/b.c', String.raw`'it'\''s'`]);
});

it('a result shows structure, text that is JSON, and several lines as they are', () => {
  const structuredContent = {
    name: 'Rex',
    tags: ['a', 'true'],
    owner: { id: 1, pets: [] },
    note: 'one\ntwo',
  };
  expect(renderResult({ structuredContent }, plain)).toBe(
    'name: Rex\ntags:\n  - a\n  - "true"\nowner:\n  id: 1\n  pets: []\nnote: |\n  one\n  two',
  );
  expect(renderResult({ content: [{ type: 'text', text: '[{"a":1,"b":2}]' }] }, plain)).toBe(
    '- a: 1\n  b: 2',
  );
  expect(
    renderResult(
      { isError: true, content: [{ type: 'text', text: 'no' }], structuredContent: { x: 1 } },
      plain,
    ),
  ).toBe('no');
  const parts = (...texts: string[]) => texts.map((text) => ({ type: 'text', text }));
  const noted = { structuredContent: { a: 1 }, content: parts('{"a":1}', 'Note: there is more.') };
  expect(renderResult(noted, plain)).toBe('a: 1\n\nNote: there is more.');
  const wrapped = { structuredContent: { result: [1] }, content: parts('[1]', 'Note: there is more.') };
  expect(renderResult(wrapped, plain)).toBe('result:\n  - 1\n\nNote: there is more.');
  const repeated = { structuredContent: { result: [1, 2] }, content: parts('1', '2') };
  expect(renderResult(repeated, plain)).toBe('result:\n  - 1\n  - 2');
  expect(renderResult({}, plain)).toBe('(no content)');
});

it('a number that no double holds is shown with its digits', () => {
  const digits = '{"n":12345678901234567890,"list":[1.00000000000000000001]}';
  const shown = 'n: 12345678901234567890\nlist:\n  - 1.00000000000000000001';
  const structuredContent = parseExact(digits);
  expect(renderResult({ structuredContent }, plain)).toBe(shown);
  expect(renderResult(harmlessMembers({ structuredContent }), plain)).toBe(shown);
  expect(renderResult({ content: [{ type: 'text', text: digits }] }, plain)).toBe(shown);
});

const readOnly = { readOnlyHint: true };

it('the sample call is harmless and needs no guess', () => {
  const tool = (name: string, readOnlyHint: boolean, properties: object, required: string[]) => ({
    name,
    server: 's',
    definition: {
      name,
      annotations: { readOnlyHint },
      inputSchema: { type: 'object' as const, properties, required },
    },
  });
  const tools = [
    tool('s__delete', false, {}, []),
    tool('s__by_pattern', true, { id: { type: 'string', pattern: '^x' } }, ['id']),
    tool('s__get', true, { id: { type: 'integer', minimum: 5 } }, ['id']),
    tool('s__list', true, {}, []),
  ];
  expect([sampleCall(tools), sampleCall(tools.slice(0, 2))]).toEqual(['s__get id=5', undefined]);
});

it('the sample call is a short list of what its server is about, where there is one', () => {
  const list = (server: string, noun: string, limit: object = { type: 'integer' }, typed = true) => ({
    name: `${server}__list_${noun}`,
    server,
    definition: {
      name: `${server}__list_${noun}`,
      annotations: readOnly,
      inputSchema: { type: 'object' as const, properties: { limit } },
      ...(typed ? { outputSchema: { type: 'object' as const, properties: { items: {} } } } : {}),
    },
  });
  const orders = [list('shop', 'order_line'), list('shop', 'order'), list('shop', 'order_note')];
  const owners = [list('vet', 'owner'), list('vet', 'owner_address'), list('vet', 'pet')];
  expect(sampleCall([...owners, ...orders])).toBe('shop__list_order limit=3');
  expect(sampleCall([...orders, list('petstore', 'pets'), list('petstore', 'pets_of_owner')])).toBe(
    'petstore__list_pets limit=3',
  );
  const unfit = [list('a', 'x', { type: 'integer', minimum: 10 }), list('a', 'y', {}, false)];
  expect(sampleCall([...unfit, ...owners])).toBe('vet__list_owner limit=3');
});

it('the call shown for a tool has what it needs, and an ellipsis where a value would be a guess', () => {
  const definition = {
    name: 's__t',
    inputSchema: {
      type: 'object' as const,
      properties: { id: { type: 'string', format: 'uuid' }, 'X-Kind': { enum: ['a b'] }, page: {} },
      required: ['id', 'X-Kind'],
    },
  };
  expect(callWords({ name: 's__t', server: 's', definition })).toBe("s__t id=… X-Kind='a b' [key=value …]");
});

it('what a call needs of its body is written member by member', () => {
  const body = {
    type: 'object',
    properties: { id: {}, name: { type: 'string' }, at: { type: 'string', format: 'date' } },
    required: ['name', 'at'],
  };
  const definition = {
    name: 's__t',
    inputSchema: { type: 'object' as const, properties: { body }, required: ['body'] },
  };
  expect(callWords({ name: 's__t', server: 's', definition })).toBe('s__t body.name=example body.at=…');
});

it('what others wrote cannot steer a terminal, by a name neither', () => {
  expect(harmlessMembers({ 'a\u001b[2J': ['b\u0007', 1, { c: '\u202e' }], isError: false })).toEqual({
    'a␛[2J': ['b␇', 1, { c: '\ufffd' }],
    isError: false,
  });
  const line = JSON.stringify({ level: 40, time: 0, msg: 'lost\u001b[2J', url: '\u001b]0;x' });
  expect(renderLogLine(line, plain)).toBe('00:00:00.000 warn  lost␛[2J url=␛]0;x');
  expect(renderLogLine('no\u001bJSON', plain)).toBe('no␛JSON');
  const screen = `${createPaint(true).bad('✗')} \u001b]52;c;eA==\u0007 \u009b2J \u001b[2J`;
  expect(colouredOnly(screen)).toBe('\u001b[31m✗\u001b[39m ␛]52;c;eA==␇ \ufffd2J ␛[2J');
  const value = { a: '\u009b2J\u202e\u001b' };
  expect(harmlessJson(JSON.stringify(value))).toBe('{"a":"\\u009b2J\\u202e\\u001b"}');
  const problem = toProblem(hubError('UPSTREAM_LOST', { server: 'x', detail: 'it said \u001b]0;x\u0007' }));
  expect(renderProblem(problem, { colours: true, program: 'hub', width: 80 })).toContain('␛]0;x␇');
});
