import { startService, StdioPeer, entryOf, type Message, type Service } from '@counterpart/kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Answers too large for one result, of a server that runs alone and of one that the hub runs. */

const program = entryOf(new URL('../fixtures/kit/tiny/', import.meta.url));
const items = Array.from({ length: 400 }, (_, id) => ({
  id,
  name: `thing number ${id}`,
  owner: { login: `o${id}` },
}));

let service: Service;
let alone: StdioPeer;
let underHub: StdioPeer;

beforeAll(async () => {
  service = await startService((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items, next: null }));
  });
  const env = { TINY_BASE_URL: service.url, TINY_TOKEN: 'top-secret', TINY_MAX_RESULT_BYTES: '6000' };
  alone = new StdioPeer(program, env);
  underHub = new StdioPeer(program, { ...env, COUNTERPART_SPAWN: 'marked-by-the-hub' });
});

afterAll(async () => {
  await alone.end();
  await underHub.end();
  await service.close();
});

const list = (peer: StdioPeer, args: object = {}): Promise<Message> =>
  peer.modern('tools/call', { name: 'list_things', arguments: args });

const textsOf = ({ result }: Message): string[] =>
  ((result?.['content'] ?? []) as { text: string }[]).map(({ text }) => text);

async function read(
  peer: StdioPeer,
  uri: string,
): Promise<{ uri: string; mimeType: string; text: string }[]> {
  const { result } = await peer.modern('resources/read', { uri });
  return (result?.['contents'] ?? []) as { uri: string; mimeType: string; text: string }[];
}

test('alone, a large answer is summed up and kept to be read as a resource, whole or in part', async () => {
  const [shown = '', note = ''] = textsOf(await list(alone));
  expect(Buffer.byteLength(shown)).toBeLessThan(6_000);
  expect(note).toContain(
    'It is {"items": [400 × {"id": number, "name": string, "owner": {"login": string}}], "next": null}.',
  );
  const uri = /result:\/\/tiny\/[0-9a-f]+/.exec(note)?.[0] ?? '';
  const [whole] = await read(alone, uri);
  expect(JSON.parse(whole?.text ?? '')).toEqual({ items, next: null });
  expect(await read(alone, `${uri}?path=/items/7/owner`)).toEqual([
    { uri: `${uri}?path=/items/7/owner`, mimeType: 'application/json', text: '{"login":"o7"}' },
  ]);
  const listed = await alone.modern('resources/list');
  expect(listed.result).toMatchObject({ resources: [{ uri, mimeType: 'application/json' }] });
  const templates = await alone.modern('resources/templates/list');
  expect(templates.result).toMatchObject({
    resourceTemplates: [{ uriTemplate: 'result://tiny/{handle}{?offset,path}' }],
  });
  const gone = await alone.modern('resources/read', { uri: 'result://tiny/000000000000' });
  expect(gone.error).toMatchObject({
    code: -32602,
    message: expect.stringContaining('call the tool again') as string,
  });
});

test('both eras are told that there are resources; a server that the hub runs has none and says how to ask for less', async () => {
  const capabilities = async (peer: StdioPeer): Promise<unknown> =>
    (await peer.modern('server/discover')).result?.['capabilities'];
  expect(await capabilities(alone)).toEqual({ tools: {}, resources: {} });
  expect((await alone.initialize()).result?.['capabilities']).toEqual({ tools: {}, resources: {} });
  expect(await capabilities(underHub)).toEqual({ tools: {} });
  expect(textsOf(await list(underHub))[1]).toMatch(/\nAsk for less .*TINY_MAX_RESULT_BYTES/);
  expect((await underHub.modern('resources/list')).error).toMatchObject({ code: -32601 });
});

test('chosen fields make an answer small enough to be whole', async () => {
  const [shown = '', note] = textsOf(await list(alone, { fields: ['id', 'nonsense'] }));
  expect(JSON.parse(shown)).toEqual({ items: items.map(({ id }) => ({ id })), next: null });
  expect(note).toBe('Note: the answer has no nonsense. Its members: id, name, owner.');
});
