import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the referee judged it. */
export interface Verdict {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** What a refusal said, cut. */
  readonly detail: string;
}

/** Stands before the referee: hands requests on, keeps its verdicts, and refuses what it would wave through. */
export interface Counter extends AsyncDisposable {
  readonly url: string;
  /** Address of the referee that judges from now on. */
  judge(url: string): void;
  /** Verdicts since the last call of `take`. */
  take(): Verdict[];
}

const LONGEST_DETAIL = 1_500;

/**
 * A proxy on a port of its own. A target with braces is refused: it is a path parameter that nobody filled, which Prism
 * takes for a value.
 */
export async function openCounter(): Promise<Counter> {
  let target = '';
  let verdicts: Verdict[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    if (/[{}]|%7[bd]/i.test(url.split('?')[0] ?? '')) {
      verdicts.push({ method, target: url, status: 400, detail: 'a path parameter is not filled' });
      request.resume();
      response.writeHead(400).end();
      return;
    }
    forward(target, request, response, (status, detail) => {
      verdicts.push({ method, target: url, status, detail });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    judge: (url) => void (target = url),
    take: () => {
      const taken = verdicts;
      verdicts = [];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(
  to: string,
  request: IncomingMessage,
  response: ServerResponse,
  judged: (status: number, detail: string) => void,
): void {
  const { method, headers, url } = request;
  const onward = send(`${to}${url ?? ''}`, { method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      const status = answer.statusCode ?? 502;
      // Where a description has an example of an error Prism answers with that, and says what was wrong in a header.
      const said = answer.headers['sl-violations'] ?? body;
      judged(status, status < 400 ? '' : said.toString().slice(0, LONGEST_DETAIL));
      response.writeHead(status, answer.headers).end(body);
    });
  });
  onward.on('error', (error) => {
    judged(502, error.message);
    response.writeHead(502).end();
  });
  request.pipe(onward);
}
