import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { HubLink, StaleConnection } from './hub-link.ts';
import { Shim } from './shim.ts';

const request = (id: number, method: string): object => ({ jsonrpc: '2.0', id, method, params: {} });

/** What a client hears whose hub reads nothing on the connections it has, and how often that was asked. */
async function heard(line: object): Promise<[answers: unknown, sent: number]> {
  const link = new HubLink(new URL('http://127.0.0.1:1/mcp'), undefined);
  const sent = vi.spyOn(link, 'send').mockRejectedValue(new StaleConnection(new Error('gone')));
  const output = new PassThrough();
  const shim = new Shim({ link, output });
  shim.line(JSON.stringify(line));
  await shim.drain();
  return [JSON.parse(String(output.read())), sent.mock.calls.length];
}

test('each request of a batch that a hub lost is answered, in one line, and none of its calls is made twice', async () => {
  const error = { code: -32603, message: expect.stringContaining('gone') as string };
  const note = { jsonrpc: '2.0', method: 'notifications/x' };
  expect(await heard([request(1, 'ping'), note, request(2, 'tools/call')])).toMatchObject([
    [
      { id: 1, error },
      { id: 2, error },
    ],
    1,
  ]);
  expect(await heard([request(3, 'ping')])).toMatchObject([[{ id: 3, error }], 2]);
  expect(await heard(request(4, 'tools/call'))).toMatchObject([{ id: 4, error }, 1]);
});
