/**
 * The provider of the chat benchmark: streams `chunks` pieces of an answer, whose text is the moment it was sent at. Between two
 * is half to one and a half times `everyMs`, at random: with intervals all alike Node fires ever more of them at once, and 200
 * streams that know nothing of each other would speak in chorus. Prints its address.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [chunks = 60, everyMs = 100] = process.argv.slice(2).map(Number);

const piece = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'bench',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'bench-1',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;

const server = createServer((request, response) => {
  if (request.method !== 'POST')
    return void response.end(JSON.stringify({ object: 'list', data: [{ id: 'bench-1', object: 'model' }] }));
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    const say = (): void => {
      if (sent < chunks) {
        sent += 1;
        // Of the one clock that all processes of a machine share.
        response.write(piece({ content: `${process.hrtime.bigint()} ` }, null));
        timer = setTimeout(say, everyMs * (0.5 + Math.random()));
        return;
      }
      const usage = { prompt_tokens: 10, completion_tokens: chunks, total_tokens: chunks + 10 };
      response.write(piece({}, 'stop'));
      response.write(`data: ${JSON.stringify({ id: 'bench', choices: [], usage })}\n\n`);
      response.end('data: [DONE]\n\n');
    };
    let timer: NodeJS.Timeout | undefined;
    response.once('close', () => clearTimeout(timer));
    say();
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  process.stdout.write(`http://127.0.0.1:${port}/v1\n`);
});
