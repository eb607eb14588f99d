import type { CodeLimits } from '../limits.ts';

/** What a sandbox's thread is started with. */
export interface SandboxInput {
  readonly code: string;
  /** JSON text of `[server, tool, name in the hub]` for every tool. */
  readonly table: string;
  readonly limits: CodeLimits;
}

/** How the code ended, as its thread saw it. */
export type SandboxEnd =
  /** `text`: JSON of what it returned; empty when that was nothing. */
  | { readonly kind: 'returned'; readonly text: string }
  | { readonly kind: 'threw'; readonly message: string; readonly line: number | undefined }
  | { readonly kind: 'time' }
  /** It waits for a promise that nothing will settle. */
  | { readonly kind: 'stuck' }
  | { readonly kind: 'broke'; readonly message: string };

/** From the thread. */
export type SandboxSays =
  /** The interpreter is loaded: from now on the time is the code's. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: string }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'end'; readonly end: SandboxEnd };

/** To the thread: what a call came to, as JSON text or as the message of an error. */
export interface SandboxAnswer {
  readonly id: number;
  readonly ok: boolean;
  readonly text: string;
}
