import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { Caller, JsonMembers, RelaySink, ToolRoute, ViewSelector } from '../../kernel/ports.ts';
import type { Core } from '../core.ts';

/** Who calls one of the hub's own tools, and how it can be reached meanwhile. */
export interface OwnAsked {
  readonly core: Core;
  readonly selector: ViewSelector;
  readonly caller: Caller;
  /** Whose kept results it may read. */
  readonly client: string;
  /** Aborted when the client gives the call up. */
  readonly signal: AbortSignal;
  /** Says how far the call is; does nothing for a client that did not ask for it. */
  readonly progress: (done: number, message: string) => void;
  /** Puts a server's question to the client; undefined when that is not possible. */
  readonly ask: RelaySink['ask'] | undefined;
}

/** A call of one of the hub's own tools, read and checked. */
export type OwnTool = (asked: OwnAsked) => Promise<JsonMembers>;

/** What a call of one of the hub's tools comes to: a result of its own, or the call of another tool. */
export type OwnCall =
  | { readonly kind: 'own'; readonly answer: OwnTool }
  /** `args` as they came; undefined when there were none. */
  | { readonly kind: 'call'; readonly route: ToolRoute; readonly args: unknown };

/** The tools to choose from, and how a name that is not among them is answered. */
export interface Offer {
  readonly tools: ReadonlyMap<string, ToolRoute>;
  /** The tool of a name, or of one that it had before (an alias). */
  readonly tool: (name: string) => ToolRoute | undefined;
  readonly unknown: (name: string) => CounterpartError;
}

/** A result of the hub's own, a block for each text. */
export const textResult = (...texts: readonly string[]): JsonMembers => ({
  content: texts.map((text) => ({ type: 'text', text })),
});

/** An error as a result that the model reads and can act on. */
export const refused = ({ words }: CounterpartError): JsonMembers => ({
  ...textResult(words),
  isError: true,
});

/** Answers with a result that is known already. */
export const answerWith = (result: JsonMembers): OwnCall => ({
  kind: 'own',
  answer: () => Promise.resolve(result),
});

/** Arguments that do not fit. */
export const misfit = (tool: string, detail: string): OwnCall =>
  answerWith(refused(hubError('ARGUMENTS_INVALID', { tool, detail })));
