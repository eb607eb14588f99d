import { describe, expect, it } from 'vitest';
import { removeMember, rewriteMembers, setMember } from './jsonc-edit.ts';
import { parseJsonc, plainValue } from './jsonc.ts';

const commented = `// my servers
{
\t"inputs": [], // asked once
\t"servers": {
\t\t/* the old one */
\t\t"files": { "command": "npx", "args": ["-y", "files"] } // local, "quoted"
\t},
\t"unknown": { "kept": 1e3 },
}
`;

describe('setMember', () => {
  it('inserts after the last member and keeps every comment where it was', () => {
    expect(setMember(commented, ['servers', 'hub'], { url: 'http://x' })).toBe(
      commented.replace(
        '} // local, "quoted"\n',
        '}, // local, "quoted"\n\t\t"hub": {\n\t\t\t"url": "http://x"\n\t\t}\n',
      ),
    );
  });

  it('uses a trailing comma that is there', () => {
    expect(setMember('{\n  "a": 1, // one\n}\n', ['b'], 2)).toBe('{\n  "a": 1, // one\n  "b": 2\n}\n');
  });

  it('replaces only the value of a member that exists', () => {
    expect(setMember('{ "a" : 1 /* x */, "b": 2 }', ['a'], [true])).toBe(
      '{ "a" : [\n    true\n  ] /* x */, "b": 2 }',
    );
  });

  it('keeps Windows line ends', () => {
    expect(setMember('{\r\n    "a": 1\r\n}', ['b', 'c'], 2)).toBe(
      '{\r\n    "a": 1,\r\n    "b": {\r\n        "c": 2\r\n    }\r\n}',
    );
  });

  it('makes a file out of nothing', () => {
    expect(setMember('', ['a', 'b'], 1)).toBe('{\n  "a": {\n    "b": 1\n  }\n}\n');
  });

  it('stays in one row where all is in one row', () => {
    expect(setMember('{"a":1}', ['b'], 2)).toBe('{"a":1, "b": 2}');
  });

  it('keeps comments of an empty object', () => {
    expect(setMember('{\n  // nothing yet\n}\n', ['a'], 1)).toBe('{\n  // nothing yet\n  "a": 1\n}\n');
  });
});

describe('removeMember', () => {
  it.each([
    ['{\n  "a": 1\n}\n', ['b', 'c']],
    ['{\n  "b": {\n    "x": 1 // why\n  },\n  "z": 0\n}\n', ['b', 'c']],
    ['{"a":1}', ['c']],
    ['{\n  "a": 1, // one\n}\n', ['c']],
    [commented, ['servers', 'hub']],
  ] as const)('undoes an insertion into %j', (text, path) => {
    const inserted = setMember(text, [...path], { command: 'x' });
    const removed = removeMember(inserted, [...path]);
    expect(plainValue(parseJsonc(removed))).toEqual(
      path[0] === 'b' && !text.includes('"b"') ? { a: 1, b: {} } : plainValue(parseJsonc(text)),
    );
    for (const comment of text.match(/\/\/[^\n]*|\/\*.*?\*\//g) ?? []) expect(removed).toContain(comment);
  });

  it('gives the same bytes back when the member was the last', () => {
    const text = '{\n  "mcpServers": {\n    "a": { "command": "x" }\n  }\n}\n';
    expect(removeMember(setMember(text, ['mcpServers', 'hub'], {}), ['mcpServers', 'hub'])).toBe(text);
  });

  it('removes a first and a middle member with its row', () => {
    const text = '{\n  "a": 1,\n  "b": 2, // two\n  "c": 3\n}';
    expect([removeMember(text, ['a']), removeMember(text, ['b'])]).toEqual([
      '{\n  "b": 2, // two\n  "c": 3\n}',
      '{\n  "a": 1,\n  "c": 3\n}',
    ]);
  });
});

describe('rewriting to another meaning', () => {
  const text = `{
  // mine
  "a": { "b": 1 }, // kept
  "list": [1, 2],
  "gone": true,
  "gone": false
}
`;
  const before = { a: { b: 1 }, list: [1, 2], gone: false };

  it('touches the members that differ and nothing else', () => {
    const after = { a: { b: 1, c: { d: ['x', {}] } }, list: [1, 2], new: {} };
    const edited = rewriteMembers(text, before, after);
    expect(edited).toBe(`{
  // mine
  "a": { "b": 1, "c": { "d": ["x", {}] } }, // kept
  "list": [1, 2],
  "new": {}
}
`);
    expect(plainValue(parseJsonc(edited))).toEqual(after);
  });

  it('leaves the text as it is where the meaning is the same', () => {
    expect(rewriteMembers(text, before, { gone: false, list: [1, 2], a: { b: 1 } })).toBe(text);
  });
});
