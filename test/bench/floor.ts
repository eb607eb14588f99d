/**
 * The least that a hub can be, as a floor for what is measured. Over HTTP it is on node:http, as any framework is: it collects a
 * body, gives it an id of its own, writes it to the echo server as a line, and sends back the line that answers. Over stdio it
 * is two pipes. It checks nothing and knows neither sessions nor a second server.
 * `floor.ts stdio|http <program> [args]`; over HTTP it prints its address.
 */
import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';

const [transport, command = process.execPath, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });

function serveHttp(): void {
  const waiting = new Map<string, { readonly res: ServerResponse; readonly id: string }>();
  const id = /"id":(\d+)/;
  let nextId = 0;
  let rest = '';
  const answer = (line: string): void => {
    const own = id.exec(line)?.[1] ?? '';
    const call = waiting.get(own);
    if (!call) return;
    waiting.delete(own);
    const text = line.replace(`"id":${own}`, `"id":${call.id}`);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    call.res.writeHead(200, headers).end(text);
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) answer(line);
  });
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      const asked = id.exec(body)?.[1];
      if (asked === undefined) return void res.writeHead(202).end();
      const own = String((nextId += 1));
      waiting.set(own, { res, id: asked });
      child.stdin.write(`${body.replace(`"id":${asked}`, `"id":${own}`)}\n`);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  });
}

if (transport === 'http') serveHttp();
else {
  process.stdin.pipe(child.stdin);
  child.stdout.pipe(process.stdout);
}
