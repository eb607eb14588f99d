import { z } from 'zod';
import type { ViewSelector } from '../../kernel/ports.ts';

/** What of the hub a client is given: everything, one server, or one profile. */
export const PartOptions = {
  server: z.string().optional(),
  profile: z.string().optional(),
};

/** Either, or neither. */
export interface Part {
  readonly server?: string | undefined;
  readonly profile?: string | undefined;
}

export const isOnePart = ({ server, profile }: Part): boolean =>
  server === undefined || profile === undefined;

export const NOT_BOTH = 'give either --server or --profile';

/** The same part, as the hub itself names it. */
export function selectorOf({ server, profile }: Part): ViewSelector {
  if (profile !== undefined) return { kind: 'profile', name: profile };
  return server === undefined ? { kind: 'all' } : { kind: 'server', id: server };
}

/** Path of the hub's endpoint for a part of it. */
export function endpointPath({ server, profile }: Part): string {
  if (profile !== undefined) return `/mcp/p/${encodeURIComponent(profile)}`;
  return server === undefined ? '/mcp' : `/mcp/s/${encodeURIComponent(server)}`;
}
