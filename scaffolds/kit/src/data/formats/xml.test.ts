import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { recordsOf } from '../testing.ts';

const xml = (text: string, part: string, size = 7) =>
  recordsOf({ format: 'xml', text, dialect: { part }, size });

test('records are elements at a path: attributes, children, lists, text, CDATA and entities', async () => {
  verifies('M42');
  const text = `<?xml version="1.0"?><!-- c --><r xmlns:x="urn:x"><g name="one">
    <i id="1" x:kind="k"><a>1 &amp; 2</a><b>x</b><b>y</b><c d="e">f</c><t><![CDATA[<raw>]]></t><n/></i></g>
    <g name="two"><i id="2"><id>inner</id></i></g><i id="no"/></r>`;
  for (const size of [1, 3, 10_000])
    expect((await xml(text, 'g/i', size)).rows).toEqual([
      {
        g_name: 'one',
        id: '1',
        'x:kind': 'k',
        a: '1 & 2',
        b: ['x', 'y'],
        c: { d: 'e', text: 'f' },
        t: '<raw>',
        n: null,
      },
      { g_name: 'two', '@id': '2', id: 'inner' },
    ]);
});

const BOMB = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY lol${index + 1} "${`&lol${index === 0 ? '' : index};`.repeat(10)}">`,
).join('')}]><r><i>&lol9;</i></r>`;

test('a bomb of entities and an entity that leads outside are refused by name and never expanded', async () => {
  verifies('M42');
  await expect(xml(BOMB, 'i')).rejects.toThrow(
    /^Line 1: it uses an entity that is not one of XML’s own \(it declares &lol;, &lol1;, .*never expanded/,
  );
  const outside = '<!DOCTYPE r [<!ENTITY xxe SYSTEM "file:///etc/passwd">]><r><i>&xxe;</i></r>';
  await expect(xml(outside, 'i')).rejects.toThrow('it declares &xxe;');
  const unused = '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]><r><i>a</i></r>';
  expect((await xml(unused, 'i')).rows).toEqual([{ text: 'a' }]);
});

test('a document that is cut off gives what stands before; one that is broken says where', async () => {
  verifies('M42');
  expect(await xml('<r><i a="1"/><i a="2"/>\n<i a=', 'i')).toEqual({
    rows: [{ a: '1' }, { a: '2' }],
    notes: ['The document ends in the middle; what stands before was read (line 2).'],
  });
  await expect(xml('<r>\n<i></j></r>', 'i')).rejects.toThrow(/^Line 2: this is no well-formed XML/);
  await expect(xml('<a>'.repeat(100_000), 'i', 4_096)).rejects.toThrow('nested deeper than 1000 elements');
});

test('a declared encoding is honoured, an unknown one refused', async () => {
  const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r><i>Z\xfcrich</i></r>', 'latin1');
  expect((await recordsOf({ format: 'xml', text: latin, dialect: { part: 'i' }, size: 1_000 })).rows).toEqual(
    [{ text: 'Zürich' }],
  );
  await expect(xml('<?xml version="1.0" encoding="x-none"?><r/>', 'i', 1_000)).rejects.toThrow(
    'x-none, which is not known',
  );
});

test('names that mean something to JavaScript are names', async () => {
  const [row] = (await xml('<r><i __proto__="p"><constructor>c</constructor></i></r>', 'i')).rows;
  expect(JSON.stringify(row)).toBe('{"__proto__":"p","constructor":"c"}');
  expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
});

test('twelve megabytes stream in little memory', async () => {
  verifies('M42');
  // A heap of its own: kept whole, the records alone are larger.
  const thread = new Worker(new URL('../../../../../test/fixtures/kit/read-large-xml.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 },
  });
  expect(await once(thread, 'message')).toEqual([252_000]);
});
