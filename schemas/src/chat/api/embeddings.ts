import { z } from 'zod';
import { Name } from './common.ts';

const text = z.string('texts are taken here, tokens are not').min(1);

/** The body of `POST /v1/embeddings`. */
export const EmbeddingsRequest = z.looseObject({
  model: Name,
  input: z.union([text, z.array(text).min(1).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
});
export type EmbeddingsRequest = z.infer<typeof EmbeddingsRequest>;
