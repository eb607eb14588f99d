import type { Json, ToolDefinition } from '@counterpart/schemas';
import type { Files } from '../files/files.ts';
import type { Http } from '../http/client.ts';

/** One item of a result's `content` (MCP 2026-07-28, server/tools). */
export type ContentItem =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' | 'audio'; readonly data: string; readonly mimeType: string }
  | {
      readonly type: 'resource';
      readonly resource: { readonly uri: string; readonly mimeType: string; readonly blob: string };
    };

/** The result of a `tools/call`, before the envelope of an era is added. */
export interface CallResult {
  readonly content: readonly ContentItem[];
  readonly structuredContent?: { readonly [key: string]: Json } | undefined;
  readonly isError?: boolean | undefined;
  readonly _meta?: { readonly [key: string]: Json } | undefined;
}

/** What a call is given beside its input. */
export interface ToolContext {
  /** Aborted when the caller cancels or the server stops. */
  readonly signal: AbortSignal;
  /** Reaches the service's base URL, with its credentials, and the other hosts of the manifest, without. */
  readonly http: Http;
  /** Tells the caller how far the work is; `done` must grow. Does nothing when the caller did not ask. */
  readonly progress: (done: number, total?: number, message?: string) => void;
  /** A setting or secret that the manifest declares; undefined when it is not set. Throws for an undeclared name. */
  readonly setting: (name: string) => string | undefined;
  /** Files of the person, by the settings that name them. */
  readonly files: Files;
}

export type Arguments = { readonly [key: string]: Json };

/** A tool that can be called. Made by `defineTool` or from an operation of the blueprint. */
export interface Tool {
  readonly definition: ToolDefinition;
  /** Validates and runs. Rejects only on a bug or with ToolFailure. */
  call(args: Arguments, context: ToolContext): Promise<CallResult>;
}

/** An `isError` result with this text. */
export function errorResult(text: string): CallResult {
  return { content: [{ type: 'text', text }], isError: true };
}
