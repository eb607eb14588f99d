import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { misreadingOf } from './misreading.ts';

/** One request as the referee judged it. */
export interface Verdict {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** What a refusal said, cut. */
  readonly detail: string;
  /** Why a refusal is an error of the referee's own. */
  readonly misreading?: string | undefined;
}

type Judgement = Pick<Verdict, 'status' | 'detail' | 'misreading'>;

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
    forward(target, request, response, (judgement) => {
      verdicts.push({ method, target: url, ...judgement });
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
  judged: (judgement: Judgement) => void,
): void {
  const { method, headers, url } = request;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const sent: Buffer[] = [];
  if (isForm) request.on('data', (chunk: Buffer) => sent.push(chunk));
  const onward = send(`${to}${url ?? ''}`, { method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      const status = answer.statusCode ?? 502;
      // Where a description has an example of an error Prism answers with that, and says what was wrong in a header.
      const said = status < 400 ? '' : (answer.headers['sl-violations'] ?? body).toString();
      const form = Buffer.concat(sent).toString();
      const misreading = status < 400 ? undefined : misreadingOf({ target: url ?? '', form, said });
      judged({ status, detail: said.slice(0, LONGEST_DETAIL), misreading });
      response.writeHead(status, answer.headers).end(body);
    });
  });
  onward.on('error', (error) => {
    judged({ status: 502, detail: error.message });
    response.writeHead(502).end();
  });
  request.pipe(onward);
}
