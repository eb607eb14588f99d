/**
 * The server of the benchmark: as little as MCP allows over stdio in both eras, so that what is measured is the hub.
 * Run directly it speaks stdio; with `--http <port>` it is the baseline over HTTP.
 */
import { createServer } from 'node:http';

interface Message {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly arguments?: { readonly text?: string; readonly bytes?: number };
    readonly _meta?: object;
  };
}

const schema = {
  type: 'object',
  properties: { text: { type: 'string', description: 'What is given back' } },
};
/** Fifteen tools, as many as a usual server has. */
const tools = ['echo', ...Array.from({ length: 14 }, (_, n) => `filler_${n}`)].map((name) => ({
  name,
  description: `The tool ${name} gives back the text it was given.`,
  inputSchema: schema,
}));
const capabilities = { tools: { listChanged: true } };
const serverInfo = { name: 'bench-echo', version: '1.0.0' };

function resultOf({ method, params }: Message): object {
  switch (method) {
    case 'initialize':
      return { protocolVersion: params?.protocolVersion, capabilities, serverInfo };
    case 'server/discover':
      return { supportedVersions: ['2026-07-28'], capabilities, ttlMs: 0, cacheScope: 'private' };
    case 'tools/list':
      return { tools };
    case 'tools/call': {
      const { text = '', bytes } = params?.arguments ?? {};
      return { content: [{ type: 'text', text: bytes === undefined ? text : 'x'.repeat(bytes) }] };
    }
    default:
      return {};
  }
}

function answer(text: string): string | undefined {
  const message = JSON.parse(text) as Message; // only the benchmark's own client speaks to it
  if (message.id === undefined) return undefined;
  const modern =
    message.params?._meta !== undefined && 'io.modelcontextprotocol/protocolVersion' in message.params._meta;
  const result = resultOf(message);
  return JSON.stringify({
    jsonrpc: '2.0',
    id: message.id,
    result: modern ? { resultType: 'complete', ...result } : result,
  });
}

function serveStdio(): void {
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    const out = lines.map((line) => answer(line)).filter((line) => line !== undefined);
    if (out.length > 0) process.stdout.write(`${out.join('\n')}\n`);
  });
  process.stdin.on('end', () => process.exit(0));
}

function serveHttp(port: number): void {
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      const text = answer(body);
      if (text === undefined) return void res.writeHead(202).end();
      res
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        .end(text);
    });
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    console.log(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`);
  });
}

const http = process.argv.indexOf('--http');
if (http < 0) serveStdio();
else serveHttp(Number(process.argv[http + 1]));
