import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { LaneResponse } from './lane-response.ts';

/** An answer, and each write that its connection hands to the system. */
function answering(): { response: LaneResponse; writes: string[] } {
  const writes: string[] = [];
  const socket = new Duplex({
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.toString());
      done();
    },
    writev(chunks, done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)).toString()); // Nothing else is written.
      done();
    },
  }) as Socket;
  return { response: new LaneResponse({ socket, lines: () => '', answered: () => undefined }), writes };
}

const bytes = (text: string) => ({ kind: 'bytes', parts: [Buffer.from(text)] }) as const;
const HEAD = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('parts of a long answer that come in one turn leave in one write, the last ones with its end', async () => {
  const { response, writes } = answering();
  response.stream({});
  response.write(bytes('ab'));
  response.write(bytes('cde'));
  expect(writes).toEqual([]);
  await turn();
  expect(writes).toEqual([`${HEAD}2\r\nab\r\n3\r\ncde\r\n`]);
  response.write(bytes('f'));
  response.end();
  expect(writes.slice(1)).toEqual(['1\r\nf\r\n0\r\n\r\n']);
});

test('a text is written at once behind a head that left, as events wait for nothing', async () => {
  const { response, writes } = answering();
  response.stream({});
  await turn();
  response.write({ kind: 'latin1', text: 'now' });
  expect(writes).toEqual([HEAD, '3\r\nnow\r\n']);
});
