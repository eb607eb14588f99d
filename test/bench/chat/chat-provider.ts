/**
 * The provider of the chat benchmark: streams `chunks` pieces of an answer, whose text is the moment it was sent at. Between two
 * is half to one and a half times `everyMs`, at random, so that 200 streams that know nothing of each other do not speak in
 * chorus. Prints its address.
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

/**
 * Node's timers fire at whole milliseconds, together with all others that fell due meanwhile: of 200 streams four or five would
 * say something at once, each behind those before it. Here each thing is said when it is due.
 */
class Calendar {
  readonly #due = new Map<() => void, number>();
  readonly #never = new Int32Array(new SharedArrayBuffer(4));
  #isKept = false;

  in(ms: number, task: () => void): void {
    this.#due.set(task, performance.now() + ms);
    if (this.#isKept) return;
    this.#isKept = true;
    setImmediate(this.#keep);
  }

  drop(task: () => void): void {
    this.#due.delete(task);
  }

  readonly #keep = (): void => {
    let next: (() => void) | undefined;
    let at = Infinity;
    for (const [task, when] of this.#due) if (when < at) [next, at] = [task, when];
    this.#isKept = next !== undefined;
    if (!next) return;
    // No longer than that, since questions are not heard meanwhile.
    Atomics.wait(this.#never, 0, 0, Math.min(MOST_DEAF_MS, Math.max(0, at - performance.now())));
    if (at <= performance.now()) {
      this.#due.delete(next);
      next();
    }
    setImmediate(this.#keep);
  };
}

const MOST_DEAF_MS = 0.5;
const calendar = new Calendar();

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
        calendar.in(everyMs * (0.5 + Math.random()), say);
        return;
      }
      const usage = { prompt_tokens: 10, completion_tokens: chunks, total_tokens: chunks + 10 };
      response.write(piece({}, 'stop'));
      response.write(`data: ${JSON.stringify({ id: 'bench', choices: [], usage })}\n\n`);
      response.end('data: [DONE]\n\n');
    };
    response.once('close', () => calendar.drop(say));
    say();
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  process.stdout.write(`http://127.0.0.1:${port}/v1\n`);
});
