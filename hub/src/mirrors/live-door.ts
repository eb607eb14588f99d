import type { CallServerTool } from '@counterpart/scaffolds/mirror/live/live-calls';
import type { CounterpartError, Json } from '@counterpart/schemas';
import type { ToolCalls } from '../kernel/ports.ts';
import { bodyOf, failureOf, refusalOf } from '../upstream/tool-answer.ts';

/** How mirrors that are live reach the tools of this hub, and who may use that. */
export interface LiveDoor {
  readonly call: CallServerTool;
  /** Why a request may not act as this hub; undefined: it may. */
  refusal(request: Request): CounterpartError | undefined;
}

/** Calls through the gate that every surface goes through. */
export const liveCall =
  (calls: () => ToolCalls): CallServerTool =>
  async (server, tool, args) => {
    const called = { server, hubName: `${server}__${tool}` };
    const result = await calls()
      .call({ view: { kind: 'server', id: server }, tool, arguments: args, via: 'rest' })
      .catch((thrown: unknown) => {
        throw refusalOf(called, thrown);
      });
    const failure = failureOf(called, result);
    if (failure) throw failure;
    return bodyOf(result, false) as Json; // a member of a frame that was parsed from JSON
  };
