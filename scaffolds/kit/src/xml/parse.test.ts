import { expect, test } from 'vitest';
import { readEnvelope, toEnvelope } from '../soap/envelope.ts';
import { elementsOf, parseXml, textOf } from './parse.ts';
import { fromXml } from '../soap/values.ts';

test('names are resolved where they stand, entities and sections are replaced', () => {
  const root = parseXml(
    `<?xml version="1.0"?><!-- <no/> --><a xmlns="urn:a" xmlns:b="urn:b" b:k="1 &lt; 2"><b:c>x&#x41;&amp;<![CDATA[<raw>]]></b:c><d xmlns=""/></a>`,
  );
  const [c, d] = elementsOf(root);
  expect({ name: root.name, ns: root.ns, attributes: root.attributes }).toEqual({
    name: 'a',
    ns: 'urn:a',
    attributes: [{ name: 'k', ns: 'urn:b', value: '1 < 2' }],
  });
  expect([c?.ns, c && textOf(c), d?.ns]).toEqual(['urn:b', 'xA&<raw>', '']);
});

test.each([
  ['<a>', '<a> is not closed'],
  ['<a></b>', '</b> does not fit <a>'],
  ['<a/><b/>', 'second root'],
  ['<a>&x;</a>', '&x; is not known'],
  ['<x:a/>', 'the prefix x stands for no namespace'],
  ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'document type'],
  ['', 'no element'],
  ['<a b=c/>', 'malformed'],
])('%s is refused with what is wrong and its line', (text, words) => {
  expect(() => parseXml(text)).toThrow(words);
  expect(() => parseXml(text)).toThrow(/\(line \d+\)$/);
});

const types = {
  Order: {
    elements: [
      { name: 'line', ns: 'urn:o', type: 'Line', many: true },
      { name: 'note', ns: '', type: ':string', nillable: true },
      { name: 'paid', ns: 'urn:other', type: ':boolean' },
    ],
    attributes: [{ name: 'id', ns: '', type: ':number' }],
  },
  Line: { elements: [], attributes: [{ name: 'unit', ns: '', type: ':string' }], text: ':number' },
};

test('what is written is read back the same, in the order of the schema', () => {
  const element = { name: 'Order', ns: 'urn:o', type: 'Order' };
  const value = { paid: true, note: null, line: [{ unit: 'a"<&\n', value: 1.5 }, { value: -2 }], id: 7 };
  const text = toEnvelope({ version: '1.1', path: '/', types }, element, value);
  expect(text).toMatch(
    /<n1:Order xmlns:n1="urn:o" .*id="7"><n1:line unit=.*<note xsi:nil="true"\/><n3:paid>true/,
  );
  const body = readEnvelope(text);
  expect(body?.kind === 'element' && fromXml(body.element, 'Order', types)).toEqual(value);
});

test('a prefix that nothing declares is read over where a service does without', () => {
  const root = parseXml('<x:a y:b="1"/>', { undeclaredPrefixes: 'ignored' });
  expect({ name: root.name, ns: root.ns, attributes: root.attributes }).toEqual({
    name: 'a',
    ns: '',
    attributes: [{ name: 'b', ns: '', value: '1' }],
  });
});

test('hostile text is read in time that grows with its length alone', () => {
  const started = process.cpuUsage().user;
  expect(() => parseXml(`<a ${'b="c" '.repeat(50_000)}`)).toThrow('malformed');
  expect(() => parseXml('<'.repeat(100_000))).toThrow('begins no tag');
  expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
});

test('elements in elements without end are refused', () => {
  expect(() => parseXml('<a>'.repeat(300))).toThrow('nested deeper than 200');
});
