import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { LaneResponse } from './lane-response.ts';

type Written = (error?: Error | null) => void;

/** An answer, and each write that its connection hands to the system, which takes it as `system` says. */
function answering(system: (done: Written) => void = (done) => done()): {
  response: LaneResponse;
  writes: string[];
} {
  const writes: string[] = [];
  const socket = new Duplex({
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.toString());
      system(done);
    },
    writev(chunks, done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)).toString()); // Nothing else is written.
      system(done);
    },
  }).on('error', () => undefined) as Socket;
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

test.each<[string, (response: LaneResponse, taken: () => void) => void]>([
  ['a JSON body', (response, taken) => response.json(200, bytes('{}'), {}, taken)],
  ['a JSON text', (response, taken) => response.json(200, { kind: 'utf8', text: '{}' }, {}, taken)],
  ['a stream without more', (response, taken) => response.end(undefined, taken)],
  ['a stream with its last part', (response, taken) => response.end(bytes('f'), taken)],
])(
  '%s tells that it was taken when the system has it, and never if it cannot have it',
  async (_name, answer) => {
    const waiting: Written[] = [];
    const whole = answering((done) => void waiting.push(done));
    const taken = vi.fn<() => void>();
    answer(whole.response, taken);
    await turn();
    expect(taken).not.toHaveBeenCalled();
    for (const done of waiting.splice(0)) done();
    await turn();
    expect(taken).toHaveBeenCalledOnce();

    const broken = answering((done) => done(new Error('EPIPE')));
    const never = vi.fn<() => void>();
    answer(broken.response, never);
    await turn();
    expect(never).not.toHaveBeenCalled();
  },
);
