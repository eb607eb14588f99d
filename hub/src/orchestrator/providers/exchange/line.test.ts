import { getEventListeners, once } from 'node:events';
import { globalAgent } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { onTestFinished, expect, test } from 'vitest';
import { textOf } from './exchange.ts';
import { send } from './line.ts';
import { isPlain } from './plain/ask-plain.ts';

type Answer = (socket: Socket, question: string, connection: number) => void;

/** A server that is told each question as it came, with the number of its connection. */
async function serve(answer: Answer, host = '127.0.0.1') {
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const number = sockets.push(socket);
    let came = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      came += bytes.toString('latin1');
      const [head = '', body = ''] = came.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (!came.includes('\r\n\r\n') || body.length < length) return;
      const question = came;
      came = '';
      answer(socket, question, number);
    });
  }).listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: new URL(`http://${name}:${port}/v1/chat?a=b`), sockets };
}

const question = (
  url: URL,
  { isStreamed = true, signal = new AbortController().signal, text = '{"ä":1}' } = {},
) => ({
  method: 'POST' as const,
  url,
  headers: { authorization: 'Bearer key', 'content-length': `${Buffer.byteLength(text)}` },
  text,
  isStreamed,
  signal,
});

/** Status, headers and text of an answer, or what was wrong with it. */
async function answerOf(url: URL, isStreamed: boolean): Promise<unknown> {
  try {
    const reply = await send(question(url, { isStreamed }));
    return [reply.status, { ...reply.headers }, await textOf(reply)];
  } catch (cause) {
    return cause instanceof Error ? cause.message : cause;
  }
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const inChunks = (...pieces: readonly string[]): string =>
  [...pieces, ''].map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`).join('');
const TEXT = 'data: {"content":"Grüße, 世界 🌍"}\n\n';

/** Sends the head, and then one byte after another, each as a packet of its own. */
async function slowly(socket: Socket, text: string): Promise<void> {
  const bodyAt = text.indexOf('\r\n\r\n') + 4;
  socket.write(text.slice(0, bodyAt));
  for (const byte of Buffer.from(text.slice(bodyAt))) {
    await new Promise((next) => setImmediate(next));
    await new Promise((sent) => socket.write(Buffer.of(byte), sent));
  }
}

test.each([
  ['chunks', CHUNKED + inChunks(TEXT, TEXT)],
  ['nothing', CHUNKED + inChunks()],
  ['a trailer', `${CHUNKED}5\r\nhello\r\n0\r\nDigest: x\r\n\r\n`],
  ['a length', `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello`],
  ['a refusal', 'HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}'],
  ['a refusal in chunks', `HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n${inChunks('{}')}`],
  ['a word before', `HTTP/1.1 100 Continue\r\n\r\n${CHUNKED}${inChunks(TEXT)}`],
  ['the end of the connection', `HTTP/1.0 200 OK\r\n\r\n${TEXT}`],
  ['headers twice', CHUNKED.replace('\r\n', '\r\nX-A: 1\r\nX-A: 2\r\n') + inChunks(TEXT)],
  ['no HTTP', 'SSH-2.0-OpenSSH_9\r\n'],
  ['no HTTP and no end', '220 smtp.test\r\n'],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
])('an answer with %s is the same as by node:http, whole and byte by byte', async (_, bytes) => {
  const { url } = await serve((socket, asked) => {
    const end = (): void => void (/SSH|1\.0|Content-$/.test(bytes) && socket.end());
    if (asked.includes('"slow"')) void slowly(socket, bytes).then(end);
    else socket.write(bytes, end);
  });
  const byNode = await answerOf(url, false);
  expect(await answerOf(url, true)).toEqual(byNode);
  const reply = send(question(url, { text: '"slow"' })).then(
    async (whole) => [whole.status, { ...whole.headers }, await textOf(whole)],
    (cause: Error) => cause.message,
  );
  expect(await reply).toEqual(byNode);
});

test('a head without an end fails as by node:http', async () => {
  const { url } = await serve((socket) => socket.write(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(20_000)}`));
  const byNode = await answerOf(url, false);
  expect(byNode).toMatch(/overflow/i);
  expect(await answerOf(url, true)).toBe(byNode);
});

test('a connection whose answer is read by node:http is closed behind it', async () => {
  const closed: Promise<unknown>[] = [];
  const { url } = await serve((socket) => {
    closed.push(once(socket, 'close'));
    socket.write('HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\n{}');
  });
  expect(await answerOf(url, true)).toEqual([400, expect.anything(), '{}']);
  await Promise.all(closed);
  expect(closed).toHaveLength(1);
});

test('a packed answer is unpacked', async () => {
  const packed = gzipSync(TEXT);
  const { url } = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(
      Buffer.concat([Buffer.from(`${packed.length.toString(16)}\r\n`), packed, Buffer.from('\r\n0\r\n\r\n')]),
    );
  });
  expect(await answerOf(url, true)).toEqual([200, expect.anything(), TEXT]);
});

test('the question arrives as it was given, and a connection serves one question after another', async () => {
  const asked: string[] = [];
  const { url, sockets } = await serve((socket, text) => {
    asked.push(text);
    socket.write(CHUNKED + inChunks(TEXT));
  });
  for (let n = 0; n < 3; n += 1) expect(await answerOf(url, true)).toEqual([200, expect.anything(), TEXT]);
  expect(sockets).toHaveLength(1);
  const [head, body] = asked[0]?.split('\r\n\r\n') ?? [];
  expect(head?.split('\r\n')).toEqual([
    'POST /v1/chat?a=b HTTP/1.1',
    `host: ${url.host}`,
    'authorization: Bearer key',
    'content-length: 8',
    'connection: keep-alive',
  ]);
  expect(Buffer.from(body ?? '', 'latin1').toString()).toBe('{"ä":1}');
});

test('a head may come in pieces', async () => {
  const { url, sockets } = await serve((socket) => {
    socket.write(CHUNKED.slice(0, 40));
    setImmediate(() => socket.write(CHUNKED.slice(40) + inChunks(TEXT)));
  });
  for (let n = 0; n < 2; n += 1) expect(await answerOf(url, true)).toEqual([200, expect.anything(), TEXT]);
  expect(sockets).toHaveLength(1);
});

test.each([true, false])(
  'a kept connection that turns out to be closed is replaced, once (streamed: %s)',
  async (isStreamed) => {
    const { url, sockets } = await serve((socket, _, connection) => {
      if (connection === 1 && socket.bytesWritten > 0) socket.destroy();
      else socket.write(CHUNKED + inChunks(TEXT));
    });
    for (let n = 0; n < 2; n += 1)
      expect(await answerOf(url, isStreamed)).toEqual([200, expect.anything(), TEXT]);
    expect(sockets).toHaveLength(2);
  },
);

test('a kept connection that closes after its answer began is not replaced', async () => {
  const { url, sockets } = await serve((socket) => {
    if (socket.bytesWritten > 0) socket.end('HTTP/1.1 200 OK\r\nContent-');
    else socket.write(CHUNKED + inChunks(TEXT));
  });
  expect(await answerOf(url, true)).toEqual([200, expect.anything(), TEXT]);
  expect(await answerOf(url, true)).toMatch(/hang up|Parse Error/);
  expect(sockets).toHaveLength(1);
});

test('a place is asked by its number too, and one that sends on in a circle not for ever', async () => {
  const six = await serve((socket) => socket.write(CHUNKED + inChunks(TEXT)), '::1');
  expect(await answerOf(six.url, true)).toEqual([200, expect.anything(), TEXT]);
  let asked = 0;
  const { url } = await serve((socket) => {
    asked += 1;
    socket.write('HTTP/1.1 307 On\r\nLocation: /v1/chat\r\nContent-Length: 0\r\n\r\n');
  });
  expect(await answerOf(url, true)).toEqual([307, expect.anything(), '']);
  expect(asked).toBe(6);
});

test('only questions whose answers are likely to be plain go without node:http', async () => {
  const plain = question(new URL('http://a.test/v1'));
  expect(isPlain(plain)).toBe(true);
  const others = [
    { isStreamed: false },
    { method: 'GET' as const },
    { url: new URL('https://a.test/v1') },
    { url: new URL('http://name@a.test/v1') },
    { url: new URL('http://:word@a.test/v1') },
    { headers: { 'x-a': 'ä' } },
    { headers: { 'x-a': 'a\r\nb: c' } },
    { headers: { 'x a': 'a' } },
  ];
  expect(others.filter((other) => isPlain({ ...plain, ...other }))).toEqual([]);
  // As Node does where it is told to go by a proxy.
  const { options } = globalAgent as unknown as { options: { proxyEnv?: object } };
  options.proxyEnv = {};
  onTestFinished(() => void delete options.proxyEnv);
  expect(isPlain(plain)).toBe(false);
});

test('a place whose answer was not plain is asked by node:http from then on, one that refused is not', async () => {
  const { url } = await serve((socket, text) => {
    const status = text.includes('"no"') ? '400 No' : '200 OK';
    socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\n{}`);
  });
  await textOf(await send(question(url, { text: '"no"' })));
  expect(isPlain(question(url))).toBe(true);
  await textOf(await send(question(url)));
  expect(isPlain(question(url))).toBe(false);
});

test('a new connection that is closed without an answer is not asked again', async () => {
  const { url, sockets } = await serve((socket) => socket.destroy());
  expect(await answerOf(url, true)).toMatch(/socket hang up|ECONNRESET/);
  expect(sockets).toHaveLength(1);
});

test('an answer that breaks off, or is no longer in chunks, fails where it does', async () => {
  const { url } = await serve((socket, text) => {
    socket.write(`${CHUNKED}5\r\nhello\r\n`);
    if (text.includes('"cut"')) socket.end();
    else socket.write('no length\r\n');
  });
  const read = async (text: string) => await textOf(await send(question(url, { text })));
  await expect(read('"cut"')).rejects.toThrow('closed');
  await expect(read('"bad"')).rejects.toThrow('not in chunks');
});

test.each([true, false])('who waits no longer closes the connection (streamed: %s)', async (isStreamed) => {
  const closed: Promise<unknown>[] = [];
  const asked = Promise.withResolvers<void>();
  const { url } = await serve((socket, text) => {
    closed.push(once(socket, 'close'));
    asked.resolve();
    if (text.includes('"begun"')) socket.write(`${CHUNKED}5\r\nhello\r\n`);
  });
  const left = new AbortController();
  const waiting = send(question(url, { isStreamed, signal: left.signal }));
  await asked.promise;
  left.abort();
  await expect(waiting).rejects.toThrow('nobody waits');
  const reply = await send(question(url, { isStreamed, text: '"begun"' }));
  reply.body.destroy();
  await Promise.all(closed);
  expect(closed).toHaveLength(2);
});

test.each([true, false])(
  'once there is an answer nothing follows the signal (streamed: %s)',
  async (isStreamed) => {
    const { url, sockets } = await serve((socket) => socket.write(CHUNKED + inChunks(TEXT)));
    const { signal } = new AbortController();
    await textOf(await send(question(url, { isStreamed, signal })));
    await expect.poll(() => getEventListeners(signal, 'abort').length).toBe(0);
    await expect(send(question(url, { isStreamed, signal: AbortSignal.abort() }))).rejects.toThrow('aborted');
    await textOf(await send(question(url, { isStreamed })));
    // The kept one was neither used nor lost.
    expect(sockets).toHaveLength(1);
  },
);

test('a reader that has enough gives the connection back when the few bytes left have come', async () => {
  const { url, sockets } = await serve((socket, text) => {
    socket.write(CHUNKED + inChunks(TEXT).slice(0, text.includes('"all"') ? undefined : -5));
    if (!text.includes('"all"')) socket.once('drained', () => socket.write('0\r\n\r\n'));
  });
  const { body } = await send(question(url));
  const said = await new Promise<string>((text) =>
    body.read({ text, end: () => undefined, fail: () => undefined }),
  );
  expect(said).toBe(TEXT);
  body.leave();
  sockets[0]?.emit('drained');
  await expect
    .poll(async () => {
      const before = sockets.length;
      await textOf(await send(question(url, { text: '"all"' })));
      return sockets.length - before;
    })
    .toBe(0);
});
