import type { IncomingMessage, ServerResponse } from 'node:http';
import { toCounterpartError } from '@counterpart/schemas';
import { EmbeddingsRequest } from '@counterpart/schemas/chat/api/embeddings';
import { answerJson } from './errors.ts';
import { whenGone } from './request/gone.ts';
import { unknownModel } from './models.ts';
import type { ChatParts } from './parts.ts';
import { readBody } from './request/read-body.ts';

/** `POST /v1/embeddings`: the vectors of a provider's model, as numbers or as base64 of 32-bit floats. */
export async function embed(
  { generations }: Pick<ChatParts, 'generations'>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { model: asked, input, dimensions, encoding_format: form } = await readBody(req, EmbeddingsRequest);
  const controller = new AbortController();
  const stay = whenGone(res, () => controller.abort());
  try {
    const { vectors, tokens, model } = await generations.embed(typeof input === 'string' ? [input] : input, {
      model: asked,
      ...(dimensions == null ? {} : { dimensions }),
      signal: controller.signal,
    });
    const data = vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: form === 'base64' ? toBase64(vector) : vector,
    }));
    answerJson(res, {
      object: 'list',
      data,
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  } catch (thrown) {
    // Of a build it would say how to do without a model.
    throw toCounterpartError(thrown).code === 'MODEL_MISSING' ? unknownModel(generations, asked) : thrown;
  } finally {
    stay();
  }
}

/** Little-endian, as every machine that reads it does. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [n, value] of vector.entries()) bytes.writeFloatLE(value, n * Float32Array.BYTES_PER_ELEMENT);
  return bytes.toString('base64');
}
