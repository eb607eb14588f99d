import type { Readable, Writable } from 'node:stream';
import { HubLink } from './hub-link.ts';
import { openLines } from './line-link.ts';
import { LineShim } from './line-shim.ts';
import { Shim } from './shim.ts';

export interface StdioShimOptions {
  /** Address of the hub, or of one of its MCP endpoints (`…/mcp`, `…/mcp/s/<id>`). */
  readonly url: string;
  readonly token?: string | undefined;
  readonly input: Readable;
  readonly output: Writable;
  readonly signal?: AbortSignal | undefined;
  /** The hub cannot be reached; may start one and resolve with its address when it answers again. Called once at a time. */
  readonly onLost?: (() => Promise<string>) | undefined;
}

/**
 * Carries JSON-RPC lines between `input`/`output` and the hub's endpoint; resolves when `input` ended and the last answer is
 * written, or when the signal aborts.
 */
export async function runStdioShim(options: StdioShimOptions): Promise<void> {
  const shim = await carrierOf(options);
  try {
    await new Promise<void>((resolve) => {
      for (const event of ['end', 'close', 'error']) options.input.once(event, resolve);
      options.output.once('error', () => resolve());
      options.signal?.addEventListener('abort', () => resolve(), { once: true });
      if (options.signal?.aborted) resolve();
      readLines(options.input, shim);
    });
    if (!options.signal?.aborted) await shim.drain();
  } finally {
    await shim.close();
  }
}

interface Carrier {
  line(text: string): void;
  /** Called after the lines of one piece of input. */
  flush?(): void;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** The hub speaks lines itself; any other endpoint, and one that is not there yet, is spoken to over HTTP. */
async function carrierOf({ url, token, output, onLost }: StdioShimOptions): Promise<Carrier> {
  let endpoint = endpointOf(url);
  const socket = await openLines(endpoint, token).catch(() => undefined);
  if (!socket) return overHttp({ url, token, output, onLost });
  const open = async () => {
    const again = await openLines(endpoint, token);
    if (!again) throw new Error('it takes no lines any more');
    return again;
  };
  // A hub that was started anew may have taken another port.
  const revive = onLost && (async () => void (endpoint = endpointOf(await onLost())));
  return new LineShim({ socket, output, open, onLost: revive, address: () => endpoint.href });
}

function overHttp({
  url,
  token,
  output,
  onLost,
}: Pick<StdioShimOptions, 'url' | 'token' | 'output' | 'onLost'>): Carrier {
  const link = new HubLink(endpointOf(url), token);
  const revive = onLost && (async () => link.moveTo(endpointOf(await onLost())));
  const shim = new Shim({ link, output, onLost: revive });
  return {
    line: (text) => shim.line(text),
    drain: () => shim.drain(),
    async close() {
      await shim.close();
      link.close();
    },
  };
}

/** A bare address means the endpoint of all servers. */
function endpointOf(address: string): URL {
  const url = new URL(address);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/mcp';
  return url;
}

function readLines(input: Readable, carrier: Carrier): void {
  let begun: string[] = [];
  input.setEncoding('utf8');
  input.on('data', (chunk: string) => {
    const end = chunk.lastIndexOf('\n');
    if (end < 0) return void begun.push(chunk);
    const lines = `${begun.join('')}${chunk.slice(0, end)}`.split('\n');
    begun = [chunk.slice(end + 1)];
    for (const line of lines) if (line.trim() !== '') carrier.line(line);
    carrier.flush?.();
  });
}
