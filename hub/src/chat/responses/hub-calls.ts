import type { PendingCalls, RunEvent } from '../../kernel/ports.ts';
import type { Emit, Output } from './emit.ts';
import type { WireItem } from './items.ts';

type Event<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

/** Calls of the hub's own tools, as clients of OpenAI's know calls that are made for them: items of type `mcp_call`. */
export class HubCalls {
  readonly #emit: Emit;
  readonly #output: Output;
  readonly #open = new Map<string, { readonly index: number; readonly item: WireItem }>();

  constructor(emit: Emit, output: Output) {
    this.#emit = emit;
    this.#output = output;
  }

  start({ callId, name, arguments: given }: Event<'tool-started'>): void {
    const item = {
      type: 'mcp_call',
      id: this.#output.nextId('mcp'),
      server_label: 'hub',
      name,
      arguments: given,
      output: null,
      error: null,
      approval_request_id: null,
      status: 'in_progress',
    };
    const index = this.#output.add(item);
    this.#open.set(callId, { index, item });
    const place = { item_id: item.id, output_index: index };
    this.#emit('response.output_item.added', { output_index: index, item });
    this.#emit('response.mcp_call_arguments.done', { ...place, arguments: given });
    this.#emit('response.mcp_call.in_progress', place);
  }

  end({ callId, isError, text }: Event<'tool-ended'>): void {
    this.#close(callId, isError ? { error: text, status: 'failed' } : { output: text, status: 'completed' });
  }

  /** Those whose end nobody told, as the run was broken off. */
  closeAll(): void {
    for (const callId of this.#open.keys()) this.#close(callId, { status: 'incomplete' });
  }

  /** Calls that wait for a person: one item each, and a word on any of them is one on all. */
  ask({ id, calls }: PendingCalls): void {
    for (const [n, { tool: name, arguments: given }] of calls.entries()) {
      const item = {
        type: 'mcp_approval_request',
        id: `${id}_${n + 1}`,
        server_label: 'hub',
        name,
        arguments: JSON.stringify(given),
      };
      const output_index = this.#output.add(item);
      this.#emit('response.output_item.added', { output_index, item });
      this.#emit('response.output_item.done', { output_index, item });
    }
  }

  #close(
    callId: string,
    outcome: { readonly status: string; readonly output?: string; readonly error?: string },
  ): void {
    const open = this.#open.get(callId);
    if (open === undefined) return;
    this.#open.delete(callId);
    const { index: output_index } = open;
    const item = { ...open.item, ...outcome };
    this.#output.set(output_index, item);
    this.#emit(`response.mcp_call.${outcome.status === 'completed' ? 'completed' : 'failed'}`, {
      item_id: item.id,
      output_index,
    });
    this.#emit('response.output_item.done', { output_index, item });
  }
}
