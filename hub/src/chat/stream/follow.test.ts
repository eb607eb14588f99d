import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { followOver } from './follow.ts';
import { Journal } from './journal.ts';

/** What a client gets whose answer follows a journal, from behind the head on; `say` is called once it follows. */
async function bodyOf(say: (journal: Journal) => void): Promise<string> {
  const journal = new Journal({ keptBytes: 0, deserted: () => undefined });
  const server = createServer((req, res) => {
    followOver(req, res, journal, { from: 0 });
    say(journal);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1'); // It listens on TCP.
  client.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  const answer = await text(client);
  server.close();
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

test('a body ends with one last chunk, whether its end is known with its last words or comes later', async () => {
  const both = await bodyOf((journal) => {
    journal.append('a');
    journal.append('ü');
    journal.end();
  });
  const apart = await bodyOf((journal) => {
    journal.append('a');
    setImmediate(() => journal.end());
  });
  expect([both, apart]).toEqual(['3\r\naü\r\n0\r\n\r\n', '1\r\na\r\n0\r\n\r\n']);
});
