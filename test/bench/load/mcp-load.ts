import { WireConnection } from './wire-client.ts';

export type Era = 'modern' | 'legacy';

const VERSIONS = { modern: '2026-07-28', legacy: '2025-11-25' } as const;
const META = `"_meta":{"io.modelcontextprotocol/protocolVersion":"${VERSIONS.modern}","io.modelcontextprotocol/clientCapabilities":{}}`;

/** An MCP client of the benchmark: as many connections as calls at once. */
export class LoadClient {
  readonly #url: string;
  readonly #era: Era;
  readonly #free: WireConnection[] = [];
  readonly #all: WireConnection[] = [];
  #session = '';
  #id = 0;

  constructor(url: string, era: Era) {
    this.#url = url;
    this.#era = era;
  }

  /** Begins a session where the era has one. */
  async open(): Promise<void> {
    if (this.#era === 'modern') return;
    const connection = this.#connection();
    const params = {
      protocolVersion: VERSIONS.legacy,
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    };
    const hello = await connection.post(
      JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
      '',
    );
    if (hello.session !== undefined)
      this.#session = `mcp-session-id: ${hello.session}\r\nmcp-protocol-version: ${VERSIONS.legacy}\r\n`;
    await connection.post('{"jsonrpc":"2.0","method":"notifications/initialized"}', this.#session);
    this.#free.push(connection);
  }

  /** Text of the answer's body; rejects unless it is a result. */
  async request(method: string, name?: string, args = '{}'): Promise<string> {
    const connection = this.#connection();
    const named = name === undefined ? '' : `"name":"${name}","arguments":${args}`;
    const members = [named, this.#era === 'modern' ? META : ''].filter((part) => part !== '');
    const body = `{"jsonrpc":"2.0","id":${++this.#id},"method":"${method}","params":{${members.join(',')}}}`;
    const { status, body: answer } = await connection.post(
      body,
      this.#era === 'modern' ? modernHeaders(method, name) : this.#session,
    );
    this.#free.push(connection);
    if (status !== 200 || answer.includes('"error":{'))
      throw new Error(`${method} was answered ${status}: ${answer.slice(0, 200)}`);
    return answer;
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #connection(): WireConnection {
    const free = this.#free.pop();
    if (free) return free;
    const made = new WireConnection(this.#url);
    this.#all.push(made);
    return made;
  }
}

const modernHeaders = (method: string, name: string | undefined): string =>
  `mcp-protocol-version: ${VERSIONS.modern}\r\nmcp-method: ${method}\r\n${name === undefined ? '' : `mcp-name: ${name}\r\n`}`;
