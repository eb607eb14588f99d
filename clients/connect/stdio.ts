import type { Readable, Writable } from 'node:stream';
import { HubLink } from './hub-link.ts';
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
  const link = new HubLink(endpointOf(options.url), options.token);
  const { onLost } = options;
  // A hub that was started anew may have taken another port.
  const revive = onLost && (async () => link.moveTo(endpointOf(await onLost())));
  const shim = new Shim({ link, output: options.output, onLost: revive });
  try {
    await new Promise<void>((resolve) => {
      for (const event of ['end', 'close', 'error']) options.input.once(event, resolve);
      options.output.once('error', () => resolve());
      options.signal?.addEventListener('abort', () => resolve(), { once: true });
      if (options.signal?.aborted) resolve();
      readLines(options.input, (line) => shim.line(line));
    });
    if (!options.signal?.aborted) await shim.drain();
  } finally {
    await shim.close();
    link.close();
  }
}

/** A bare address means the endpoint of all servers. */
function endpointOf(address: string): URL {
  const url = new URL(address);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/mcp';
  return url;
}

function readLines(input: Readable, take: (line: string) => void): void {
  let rest = '';
  input.setEncoding('utf8');
  input.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(line);
  });
}
