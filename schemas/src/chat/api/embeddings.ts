import { z } from 'zod';
import { Name } from './common.ts';

/** The body of `POST /v1/embeddings`. */
export const EmbeddingsRequest = z.looseObject({
  model: Name,
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1), 'texts are taken here, tokens are not').min(1).max(2048),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
});
export type EmbeddingsRequest = z.infer<typeof EmbeddingsRequest>;
