import type { Members } from '../json-value.ts';
import type { KeptResults } from '../results/kept-results.ts';
import type { CallResult } from '../tools/tool.ts';
import type { JsonText } from './rpc.ts';

/** One `tools/call` as the tools see it. */
export interface CallRequest {
  readonly name: string;
  readonly args: Members;
  readonly signal: AbortSignal;
  /** Sends progress to the caller, if it asked for it and the call is open; `done` must grow. */
  readonly progress: (done: number, total?: number, message?: string) => void;
}

/** What a session serves. */
export interface Offer {
  readonly info: { readonly name: string; readonly version: string; readonly title?: string };
  readonly instructions?: string | undefined;
  /** JSON text of the array of all tools, without a line's end in it. */
  toolsText(): Promise<JsonText>;
  /** Answers that are kept to be read as resources; absent: nothing is. */
  readonly results?: KeptResults | undefined;
  /** Rejects with RpcError for an unknown tool; every other failure is a result. */
  call(request: CallRequest): Promise<CallResult>;
}
