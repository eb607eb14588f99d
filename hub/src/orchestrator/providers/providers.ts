import { hubError } from '@counterpart/schemas';
import type { GenerationRequest, ModelAnswer, ModelRequest, Models } from '../../kernel/ports.ts';
import type { ProviderRoom } from './generations.ts';

/** A build has nobody who waits in front of it. */
const PATIENCE_MS = 60_000;
const SHOWN = 300;

/** One whole answer at a time, as builds ask for it. */
export function createProviders(room: ProviderRoom): Models {
  return {
    get names() {
      return room.health().map(({ provider }) => provider);
    },
    async ask(request: ModelRequest, { model, trace, signal }): Promise<ModelAnswer> {
      let text = '';
      let refusal = '';
      for await (const event of room.generateFor(toGeneration(request), {
        model,
        patienceMs: PATIENCE_MS,
        trace,
        signal,
      })) {
        if (event.type === 'text') text += event.delta;
        if (event.type === 'refusal') refusal += event.delta;
        if (event.type !== 'end') continue;
        const asked = model ?? event.model;
        if (refusal !== '')
          throw hubError('MODEL_REFUSED', { model: asked, detail: refusal.slice(0, SHOWN) });
        if (text.trim() === '')
          throw hubError('MODEL_REFUSED', { model: asked, detail: `its answer is empty (${event.finish})` });
        const { input: inputTokens, output: outputTokens } = event.usage;
        return { text, model: event.model, usage: { inputTokens, outputTokens } };
      }
      throw hubError('MODEL_BROKEN', { model: model ?? 'asked', detail: 'it has no end' });
    },
  };
}

const toGeneration = ({ system, messages, answer, maxTokens }: ModelRequest): GenerationRequest => ({
  items: [
    { type: 'message', role: 'system', content: [{ type: 'text', text: system }] },
    ...messages.map(({ role, text }) => ({
      type: 'message' as const,
      role,
      content: [{ type: 'text' as const, text }],
    })),
  ],
  isWhole: true,
  maxTokens,
  ...(answer === undefined
    ? {}
    : { format: { type: 'json_schema', name: answer.name, schema: answer.schema } }),
});
