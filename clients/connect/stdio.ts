import type { Readable, Writable } from 'node:stream';

export interface StdioShimOptions {
  /** Address of the hub, or of one of its MCP endpoints (`…/mcp`, `…/mcp/s/<id>`). */
  readonly url: string;
  readonly token?: string | undefined;
  readonly input: Readable;
  readonly output: Writable;
  readonly signal?: AbortSignal | undefined;
  /** The hub cannot be reached; may start one and resolve when it answers again. */
  readonly onLost?: (() => Promise<void>) | undefined;
}

/** Carries JSON-RPC lines between `input`/`output` and the hub's endpoint; resolves when `input` ends or the signal aborts. */
export function runStdioShim(options: StdioShimOptions): Promise<void> {
  return Promise.reject(new Error(`not written yet: ${options.url}`));
}
