import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { lookAtPort } from '@counterpart/scaffolds/readers/discover/look-local';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let place: TestHome;
beforeAll(() => {
  place = createTestHome();
});
afterAll(() => place.dispose());

const discover = async (what: string): Promise<string> => {
  const ran = await place.run(['discover', what]);
  return ran.stdout + ran.stderr;
};

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return (address as AddressInfo).port; // it listens on a port, not on a pipe
}

test('a local port is told by what its server says first, a silent one by its answer to HTTP', async () => {
  verifies('M19');
  const greeting = Buffer.from('\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0', 'latin1');
  const mysql = createServer((socket) => socket.on('error', () => undefined).write(greeting));
  const web = createHttp((_, response) => response.end('hello'));
  // Hangs up on HTTP, as PostgreSQL does, and answers a request for TLS.
  const postgres = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) =>
        bytes.readUInt32BE(4) === 80_877_103 ? socket.write('N') : socket.end(),
      ),
  );
  try {
    const [first, silent] = await Promise.all([portOf(mysql), portOf(postgres)]);
    const looks = await Promise.all(
      [first, silent].map((port) => lookAtPort(`db:${port}`, { host: '127.0.0.1', port })),
    );
    expect(looks).toMatchObject([
      { title: 'MySQL', detail: '8.0.36' },
      {
        title: 'PostgreSQL',
        advice: `Next: \`hub build --from postgresql://<user>:<password>@db:${silent}/<database>\``,
      },
    ]);
    expect(await discover(`localhost:${await portOf(web)}`)).toMatch(
      /speaks an HTTP\/1 response .*status 200[^]*hub discover http:\/\/localhost:\d+/,
    );
  } finally {
    mysql.close();
    web.close();
    postgres.close();
  }
});

test('a file is told by its first bytes, packed ones by what they hold', async () => {
  verifies('M42');
  const file = place.path('data.bin');
  writeFileSync(file, gzipSync('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n'));
  expect(await discover(file)).toMatch(/data\.bin is gzip data, which holds an iCalendar file/);
  expect(await discover(place.write('x.csv', 'SQLite format 3\0'))).toMatch(
    /is an SQLite database[^]*hub build --from/,
  );
});
