import type { Readable, Writable } from 'node:stream';
import { HubLink } from './hub-link.ts';
import { Joiner } from './lines/joiner.ts';
import { openLines, type HubDoor } from './lines/line-link.ts';
import { LineShim } from './lines/line-shim.ts';
import { Shim } from './shim.ts';

/** Where the hub is. */
export interface HubPlace {
  /** Address of the hub, or of one of its MCP endpoints (`…/mcp`, `…/mcp/s/<id>`). */
  readonly url: string;
  /** Path of its socket, where it has one. */
  readonly socket?: string | undefined;
}

export interface StdioShimOptions extends HubPlace {
  readonly token?: string | undefined;
  readonly input: Readable;
  readonly output: Writable;
  readonly signal?: AbortSignal | undefined;
  /** The hub cannot be reached; may start one and resolve with where it answers again. Called once at a time. */
  readonly onLost?: (() => Promise<HubPlace>) | undefined;
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
      options.input.on('data', (chunk: Buffer) => shim.push(chunk));
    });
    if (!options.signal?.aborted) await shim.drain();
  } finally {
    await shim.close();
  }
}

interface Carrier {
  /** Takes a piece of what the client wrote. */
  push(chunk: Buffer): void;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** The hub speaks lines itself; any other endpoint, and one that is not there yet, is spoken to over HTTP. */
async function carrierOf(options: StdioShimOptions): Promise<Carrier> {
  const { token, input, output, onLost } = options;
  let door = doorOf(options);
  const socket = await openLines(door, token).catch(() => undefined);
  if (!socket) return overHttp(options);
  const open = async () => {
    const again = await openLines(door, token);
    if (!again) throw new Error('it takes no lines any more');
    return again;
  };
  // A hub that was started anew may have taken another port.
  const revive = onLost && (async () => void (door = doorOf(await onLost())));
  return new LineShim({ socket, input, output, open, onLost: revive, address: () => door.url.href });
}

function overHttp({ url, token, output, onLost }: StdioShimOptions): Carrier {
  const link = new HubLink(endpointOf(url), token);
  const revive = onLost && (async () => link.moveTo(endpointOf((await onLost()).url)));
  const shim = new Shim({ link, output, onLost: revive });
  return {
    push: textLines((text) => shim.line(text)),
    drain: () => shim.drain(),
    async close() {
      await shim.close();
      link.close();
    },
  };
}

const doorOf = ({ url, socket }: HubPlace): HubDoor => ({ url: endpointOf(url), socket });

/** A bare address means the endpoint of all servers. */
function endpointOf(address: string): URL {
  const url = new URL(address);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/mcp';
  return url;
}

function textLines(take: (line: string) => void): (chunk: Buffer) => void {
  const joiner = new Joiner();
  return (chunk) => {
    const lines = joiner.join(chunk)?.toString() ?? '';
    for (const line of lines.split('\n')) if (line.trim() !== '') take(line);
  };
}
