import type { RpcId } from '../../../hub/src/kernel/ports.ts';

export type Members = Record<string, unknown>;

/** A JSON-RPC message read loosely, as a probe looks at it. */
export interface Message {
  readonly id?: RpcId | null;
  readonly method?: string;
  readonly params?: Members;
  readonly result?: Members;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** The one place of the probes where JSON text is taken to be a message; undefined for text that is none. */
export function parseMessage(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined; // an event without data, or a page of another program
  }
}

/** The answer to a request: its text as it came, and read. Over HTTP with its status. */
export interface Reply extends Message {
  readonly text: string;
  readonly status: number;
}

export const MODERN = '2026-07-28';
export const LEGACY = '2025-11-25';
export const META = 'io.modelcontextprotocol/';

/** Everything a client of these probes can be asked. */
export const ALL_CAPABILITIES: Members = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {}, context: {} },
  roots: { listChanged: true },
  extensions: {
    [`${META}tasks`]: {},
    [`${META}ui`]: { mimeTypes: ['text/html;profile=mcp-app'] },
  },
};

const INFO = { name: 'probe', version: '1.0.0', title: 'A probe' };

export const helloParams = (capabilities: Members): Members => ({
  protocolVersion: LEGACY,
  capabilities,
  clientInfo: INFO,
});

export const modernMeta = (capabilities: Members): Members => ({
  [`${META}protocolVersion`]: MODERN,
  [`${META}clientCapabilities`]: capabilities,
  [`${META}clientInfo`]: INFO,
});
