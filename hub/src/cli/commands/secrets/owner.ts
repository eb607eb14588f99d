import type { SecretOwner } from '@counterpart/schemas';
import { z } from 'zod';

/** Options by which commands say whose secret is meant. */
export const OWNER_OPTIONS = [
  ['--server <id>', 'Of this server only'],
  ['--shared', 'Of every server whose manifest or configuration asks for it'],
] as const;

export const OwnerInput = {
  name: z.string(),
  server: z.string().optional(),
  shared: z.boolean().optional(),
};

/** The options as the API takes them. */
export const ownerOf = ({ server, shared }: SecretOwner): SecretOwner => ({
  ...(server === undefined ? {} : { server }),
  ...(shared === undefined ? {} : { shared }),
});

/** Such as `for weather`. */
export const ownerWords = (server: string | null): string =>
  server === null ? 'for all servers that ask for it' : `for ${server}`;
