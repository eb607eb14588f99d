import { expect, test } from 'vitest';
import { withServed } from './set-served.ts';

const REST = 'nodes: { a: { code: return 1, after: [b] } } # why\noutputs: {x: 1}';

test.each([
  ['is written before the rest', `# mine\n${REST}`, `# mine\nserve: true\n${REST}`],
  ['takes the place of what is said', `serve: false # no\n${REST}`, `serve: true # no\n${REST}`],
  ['is indented and ended as the rest is', '  a: 1\r\n  b: 2', '  serve: true\r\n  a: 1\r\n  b: 2'],
  ['stands in braces where all does', '{ nodes: {} }', '{ serve: true, nodes: {} }'],
  ['comes behind the mark of a document', '---\nnodes: {}\n', '---\nserve: true\nnodes: {}\n'],
])('that a flow is served %s, and nothing else changes', (_, text, served) => {
  expect(withServed(text, true)).toBe(served);
  expect(withServed(served, true)).toBe(served);
});

test.each([REST, `serve: false\n${REST}`])(
  'what is not served stays as it is when it is taken back: %j',
  (text) => {
    expect(withServed(text, false)).toBe(text);
    expect(withServed(`serve: true\n${REST}`, false)).toBe(`serve: false\n${REST}`);
  },
);
