import { describe, expect, test } from 'vitest';
import { parseJsonc } from '../kernel/files/jsonc.ts';
import { aliasIssues, packagedAliasIssues } from './alias-issues.ts';

const messagesOf = (aliases: Record<string, string>, text = '{}') =>
  aliasIssues(aliases, parseJsonc(text)).map(({ message }) => message);

describe('an alias is refused with what to write instead', () => {
  test('when it leads to itself, or is a tool of the hub', () => {
    expect(messagesOf({ a__x: 'a__x', find_tools: 'a__x', call_tool_read: 'a__x' })).toEqual([
      expect.stringMatching(/^"a__x" leads to itself; take the alias out/),
      '"find_tools" is a tool of the hub itself; choose another name',
      '"call_tool_read" is a tool of the hub itself; choose another name',
    ]);
  });

  test('when it leads to another alias', () => {
    expect(messagesOf({ a__one: 'a__two', a__two: 'a__three' })).toEqual([
      '"a__two" is an alias too, and aliases are followed once; write "a__one": "a__three"',
    ]);
  });

  test('when the file has it twice, of which JSON would keep the last', () => {
    const text = '{ "aliases": { "a__old": "a__x", "a__old": "a__y" } }';
    expect(messagesOf({ a__old: 'a__y' }, text)).toEqual([
      '"a__old" is written 2 times, for "a__x" and "a__y"; keep one',
    ]);
  });
});

describe('an alias held against the packages in the servers folder', () => {
  const packaged = {
    tools: new Map([
      ['shop__find_item', 'shop'],
      ['shop__count', 'shop'],
    ]),
    prefixes: new Map([['shop__', 'shop']]),
  };

  test('is refused when it is the name of a tool, or leads to one that its server does not have', () => {
    const issues = packagedAliasIssues(
      { shop__count: 'other__count', shop__old: 'shop__find_itme' },
      packaged,
    );
    expect(issues.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([
      expect.stringMatching(
        /^aliases\.shop__count: "shop__count" is a tool of the server shop, .* take the alias out/,
      ),
      'aliases.shop__old: There is no tool "shop__find_itme": the server shop has none of that name. Did you mean shop__find_item?',
    ]);
  });

  test('is allowed when two old names mean one tool, or when the tool belongs to a server that must run to be known', () => {
    const aliases = { shop__a: 'shop__count', shop__b: 'shop__count', old: 'elsewhere__thing' };
    expect(packagedAliasIssues(aliases, packaged)).toEqual([]);
    expect(messagesOf(aliases)).toEqual([]);
  });
});
