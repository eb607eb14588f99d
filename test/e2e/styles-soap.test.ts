import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSession } from '../../hub/src/builder/verify/stdio-session.ts';
import { verifyServer } from '../../hub/src/builder/verify/verify-server.ts';
import { verifies } from '../verifies.ts';
import { openWorkspace } from './builder-workspace.ts';

const golden = (path: string) =>
  fileURLToPath(new URL(`../../scaffolds/golden/soap/${path}`, import.meta.url));

const around = (body: string): string =>
  `<?xml version="1.0"?>\n<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header/><S:Body>${body}</S:Body></S:Envelope>`;
const TOY = around(
  '<GetToyResponse xmlns="http://shop.example.test/toys"><GetToyResult id="7"><name>Lamp &amp; co</name><price currency="EUR">12.50</price><madeOn xsi:nil="1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/><tag>one</tag><size>3</size></GetToyResult></GetToyResponse>',
).replace('xsi:nil="1"', 'xsi:nil="true"');
const FAULT = around(
  '<S:Fault><faultcode>S:Client</faultcode><faultstring>No such toy</faultstring><detail><p:Problem xmlns:p="urn:p"><p:why>sold</p:why></p:Problem></detail></S:Fault>',
);

interface Service extends AsyncDisposable {
  readonly url: string;
  readonly seen: { readonly action: string | undefined; readonly text: string }[];
}

/** A service that is not ours: fixed envelopes with prefixes of its own. */
async function startService(answer = TOY): Promise<Service> {
  const seen: { action: string | undefined; text: string }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      seen.push({ action: request.headers['soapaction']?.toString(), text });
      const isRefused = text.includes('>404<');
      response
        .writeHead(isRefused ? 500 : 200, { 'content-type': 'text/xml; charset=utf-8' })
        .end(isRefused ? FAULT : answer);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port
    seen,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test('a WSDL becomes a server whose envelopes a service understands, and a mirror that understands them too', async () => {
  verifies('M41');
  await using workspace = await openWorkspace();
  const report = await workspace.build({ from: golden('shop/input.wsdl'), name: 'toys' });
  expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' } });
  expect(await verifyServer(report.directory)).toMatchObject({ passed: true, counts: { failed: 0, ok: 4 } });
  await using service = await startService();
  const session = await openSession({
    file: join(report.directory, 'dist', 'server.js'),
    env: { TOYS_BASE_URL: service.url },
    timeoutMs: 20_000,
  });
  try {
    const toy = await session.callTool('get_toy', { id: 7, currency: 'EUR' });
    expect(JSON.parse(toy.text)).toEqual({
      GetToyResult: {
        id: 7,
        name: 'Lamp & co',
        price: { currency: 'EUR', value: 12.5 },
        madeOn: null,
        tag: ['one'],
        size: 3,
      },
    });
    const [first] = service.seen;
    expect(first?.action).toBe('"http://shop.example.test/toys/GetToy"');
    expect(first?.text).toContain(
      '<n1:GetToy xmlns:n1="http://shop.example.test/toys"><n1:id>7</n1:id><n1:currency>EUR</n1:currency></n1:GetToy>',
    );
    const refused = await session.callTool('get_toy', { id: 404 });
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain('The service refused GetToy: No such toy (fault Client)');
    expect(refused.text).toContain('{"Problem":{"why":"sold"}}');
    // Elements stand in the namespaces of their schemas: one of the local line has none, the note is of another schema.
    await session.callTool('place_order', { line: [{ toy: 1, count: 2 }], note: { text: 'soon' } });
    expect(service.seen.at(-1)?.text).toContain(
      '<line><n1:toy>1</n1:toy><n1:count>2</n1:count></line><n2:note><text>soon</text></n2:note>',
    );
  } finally {
    await session.close();
  }
});

test('a WSDL that cannot be used says exactly why', async () => {
  await using workspace = await openWorkspace();
  const from = join(workspace.dir, 'bad.wsdl');
  const build = async (text: string) => {
    await writeFile(from, text);
    return workspace.build({ from, name: 'bad' });
  };
  const head = 'xmlns="http://schemas.xmlsoap.org/wsdl/"';
  await expect(build(`<!DOCTYPE d [<!ENTITY x "y">]><definitions ${head}/>`)).rejects.toMatchObject({
    code: 'WSDL_UNREADABLE',
    message: expect.stringContaining('document type') as string,
  });
  await expect(
    build(`<definitions ${head}><import location="gone.wsdl"/></definitions>`),
  ).rejects.toMatchObject({
    code: 'SOURCE_EMPTY',
    message: expect.stringContaining(
      'gone.wsdl: It is imported and was not read: there is no such file',
    ) as string,
  });
});

const STATUS = around('<TrackResponse xmlns="urn:parcels"><state>sent</state></TrackResponse>');

test('what a binding puts into the header of the envelope is sent: credentials from settings, the rest from arguments', async () => {
  await using workspace = await openWorkspace();
  const report = await workspace.build({ from: golden('headers/input.wsdl'), name: 'parcels' });
  expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' } });
  expect(report.secrets).toEqual([
    'PARCELS_AUTH_HEADER_USER_NAME',
    'PARCELS_AUTH_HEADER_PASSWORD',
    'PARCELS_AUTH_HEADER_DEPOT',
    'PARCELS_SESSION_SESSION',
    'PARCELS_USERNAME',
    'PARCELS_PASSWORD',
  ]);
  expect(await verifyServer(report.directory)).toMatchObject({ passed: true, counts: { failed: 0 } });
  await using service = await startService(STATUS);
  const open = (env: Record<string, string>) =>
    openSession({
      file: join(report.directory, 'dist', 'server.js'),
      env: { PARCELS_BASE_URL: service.url, ...env },
      timeoutMs: 20_000,
    });
  const input = { number: '12', Options_header: { language: 'en', dryRun: true } };
  const nobody = await open({});
  const refused = await nobody.callTool('track', input);
  await nobody.close();
  expect(refused.text).toContain('Set PARCELS_AUTH_HEADER_USER_NAME and PARCELS_AUTH_HEADER_PASSWORD');
  const session = await open({
    PARCELS_AUTH_HEADER_USER_NAME: 'ann',
    PARCELS_AUTH_HEADER_PASSWORD: 's<cret&',
  });
  try {
    const parcel = await session.callTool('track', input);
    expect(JSON.parse(parcel.text)).toEqual({ state: 'sent' });
    expect(service.seen.at(-1)?.text).toContain(
      '<soap:Header><AuthHeader xmlns="urn:parcels"><UserName>ann</UserName>' +
        '<Password>s&lt;cret&amp;</Password></AuthHeader>' +
        '<n1:Options xmlns:n1="urn:parcels"><n1:language>en</n1:language><n1:dryRun>true</n1:dryRun></n1:Options>' +
        '</soap:Header><soap:Body><n1:Track xmlns:n1="urn:parcels"><n1:number>12</n1:number></n1:Track></soap:Body>',
    );
  } finally {
    await session.close();
  }
});

const BEST = `<t:doPlaceResponse xmlns:t="urn:bids" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<best href="#id0"/><all><Bid href="#id0"/><Bid><user xsi:type="xsd:string">bob</user><amount xsi:nil="true"/></Bid></all></t:doPlaceResponse>
<multiRef id="id0"><user>ann</user><amount>7</amount></multiRef>`;

test('an encoded WSDL is called with types and arrays as SOAP encodes them, and its references are followed', async () => {
  await using workspace = await openWorkspace();
  const report = await workspace.build({ from: golden('encoded/input.wsdl'), name: 'bids' });
  expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' } });
  expect(await verifyServer(report.directory)).toMatchObject({ passed: true, counts: { failed: 0 } });
  await using service = await startService(around(BEST));
  const session = await openSession({
    file: join(report.directory, 'dist', 'server.js'),
    env: { BIDS_BASE_URL: service.url },
    timeoutMs: 20_000,
  });
  try {
    const answer = await session.callTool('do_place', {
      item: '12',
      bids: { item: [{ user: 'ann', amount: null }] },
      watchers: { name: ['bob', 'cleo'] },
      note: 'soon',
    });
    expect(JSON.parse(answer.text)).toEqual({
      best: { user: 'ann', amount: 7 },
      all: {
        item: [
          { user: 'ann', amount: 7 },
          { user: 'bob', amount: null },
        ],
      },
    });
    const sent = service.seen.at(-1)?.text ?? '';
    expect(sent).toMatch(/<n1:doPlace soap:encodingStyle="[^"]*encoding\/" xmlns:n1="urn:bids"/);
    expect(sent).toMatch(/<item xsi:type="(n\d):long">12<\/item>/);
    expect(sent).toMatch(/<bids xsi:type="n1:Bids" n\d:arrayType="n1:Bid\[1\]"><item xsi:type="n1:Bid">/);
    expect(sent).toMatch(
      /<watchers xsi:type="n1:Names" n\d:arrayType="n\d:string\[2\]"><name xsi:type="n\d:string">bob/,
    );
  } finally {
    await session.close();
  }
});
