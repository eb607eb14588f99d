import { connect, type Socket } from 'node:net';
import type { Caller } from '../targets.ts';
import { WireConnection } from './wire-client.ts';

interface Waiting {
  resolve(text: string): void;
  reject(cause: Error): void;
}

const ID = /"id":(\d+)[,}]/;

/** A client of the 2024-11-05 transport: requests are posted, and every answer comes on one stream of events. */
export class EventLoad implements Caller {
  readonly #url: URL;
  readonly #waiting = new Map<number, Waiting>();
  readonly #free: WireConnection[] = [];
  readonly #all: WireConnection[] = [];
  #stream: Socket | undefined;
  #endpoint = '';
  #rest = '';
  #found: (() => void) | undefined;
  #id = 0;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  async open(): Promise<void> {
    const { hostname, port, pathname } = this.#url;
    const stream = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#stream = stream;
    const lost = new Promise<never>((_, reject) => stream.once('error', reject));
    const found = new Promise<void>((resolve) => (this.#found = resolve));
    stream.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    stream.write(
      `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: text/event-stream\r\n\r\n`,
    );
    await Promise.race([found, lost]);
    const hello = {
      protocolVersion: '2024-11-05',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    };
    await this.#send('initialize', JSON.stringify(hello));
    await this.#post('{"jsonrpc":"2.0","method":"notifications/initialized"}');
  }

  async request(method: string, name?: string, args = '{}'): Promise<string> {
    const answer = await this.#send(
      method,
      name === undefined ? '{}' : `{"name":"${name}","arguments":${args}}`,
    );
    if (answer.includes('"error":{')) throw new Error(`${method} was answered ${answer.slice(0, 200)}`);
    return answer;
  }

  close(): void {
    this.#stream?.destroy();
    for (const connection of this.#all) connection.close();
  }

  #send(method: string, params: string): Promise<string> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`).catch(reject);
    });
  }

  async #post(body: string): Promise<void> {
    const connection = this.#free.pop() ?? this.#connect();
    await connection.post(body, '');
    this.#free.push(connection);
  }

  #connect(): WireConnection {
    const made = new WireConnection(this.#endpoint);
    this.#all.push(made);
    return made;
  }

  /** Lines of chunk sizes stand between the events and are passed over: none of them begins with a field's name. */
  #take(chunk: string): void {
    this.#rest += chunk;
    if (!chunk.includes('\n')) return;
    const lines = this.#rest.replace(/\r\n[0-9a-f]+\r\n/g, '').split('\n');
    if (!this.#rest.endsWith('\n\r\n') && !this.#rest.endsWith('\n\n')) return;
    this.#rest = '';
    for (const line of lines) if (line.startsWith('data:')) this.#event(line.slice(5).trim());
  }

  #event(data: string): void {
    if (this.#endpoint === '') {
      this.#endpoint = new URL(data, this.#url).href;
      this.#found?.();
      return;
    }
    const id = Number(ID.exec(data)?.[1]);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve(data);
  }
}
