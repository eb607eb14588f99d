import { readFileSync } from 'node:fs';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { createMirror } from '../mirror.ts';

const golden = (name: string): Blueprint =>
  Blueprint.parse(
    JSON.parse(readFileSync(new URL(`../../golden/soap/${name}/expected.json`, import.meta.url), 'utf8')),
  );

const envelope = (body: string, ns = 'http://schemas.xmlsoap.org/soap/envelope/'): string =>
  `<?xml version="1.0"?><e:Envelope xmlns:e="${ns}"><e:Header/><e:Body>${body}</e:Body></e:Envelope>`;

async function post(name: string, body: string, headers: Record<string, string> = {}) {
  const blueprint = golden(name);
  const request = new Request(`http://mirror.test${blueprint.soap?.path ?? ''}`, {
    method: 'POST',
    headers,
    body,
  });
  const response = await createMirror(blueprint).fetch(request);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

const TOYS = 'xmlns:t="http://shop.example.test/toys"';

test('an envelope is answered with one whose elements have the namespaces of the schema', async () => {
  const { status, type, text } = await post(
    'shop',
    envelope(`<t:GetToy ${TOYS}><t:id> 7 </t:id></t:GetToy>`),
  );
  expect({ status, type }).toEqual({ status: 200, type: 'text/xml; charset=utf-8' });
  expect(text).toMatch(
    /<soap:Body><n1:GetToyResponse xmlns:n1="http:\/\/shop\.example\.test\/toys"><n1:GetToyResult id="-?\d+"><n1:name>/,
  );
  expect(text).toMatch(/<n1:price currency="(?:EUR|USD)">/);
});

test('an operation without an answer is taken with an empty 202', async () => {
  expect(await post('shop', envelope(`<t:DeleteToy ${TOYS}><t:id>1</t:id></t:DeleteToy>`))).toMatchObject({
    status: 202,
    text: '',
  });
});

test.each([
  ['text that is no XML', '<e:Envelope', 'The request is no XML'],
  [
    'an entity bomb',
    '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    'it has a document type, which is not read',
  ],
  ['XML that is no envelope', '<x/>', 'no SOAP envelope'],
  ['an element of no operation', envelope('<t:Nope xmlns:t="urn:x"/>'), 'No operation takes {urn:x}Nope'],
  ['a value of a wrong type', envelope(`<t:GetToy ${TOYS}><t:id>x</t:id></t:GetToy>`), 'must be integer'],
  ['an element that is missing', envelope(`<t:GetToy ${TOYS}/>`), 'required'],
])('%s is refused with a fault', async (_, body, words) => {
  const { status, text } = await post('shop', body);
  expect(status).toBe(500);
  expect(text).toContain('<faultcode>soap:Client</faultcode>');
  expect(text).toContain(words);
});

test('rpc calls over SOAP 1.2 have unqualified parts, and faults of that version', async () => {
  const ns = 'http://www.w3.org/2003/05/soap-envelope';
  const add = '<c:add xmlns:c="urn:calculator"><pair><a>1</a><b>2</b></pair><round>true</round></c:add>';
  const { status, type, text } = await post('rpc', envelope(add, ns));
  expect({ status, type }).toEqual({ status: 200, type: 'application/soap+xml; charset=utf-8' });
  expect(text).toMatch(/<n1:addResponse xmlns:n1="urn:calculator"><sum>[-\d.e+]+<\/sum><\/n1:addResponse>/);
  const wrong = await post('rpc', envelope(add.replace('true', 'perhaps'), ns));
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('<soap:Value>soap:Sender</soap:Value>');
});
