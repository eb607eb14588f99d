import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ViewSelector } from '../../kernel/ports.ts';

/** Where a modern request came from, as far as that tells its client from others. */
export interface Origin {
  readonly selector: ViewSelector;
  /** The stream of a stdio client; one name for all HTTP requests. */
  readonly connection: string;
  /** Absent on stdio. */
  readonly headers: IncomingHttpHeaders | undefined;
}

/** Short name of a client: its URL, its connection and the credentials it showed, none of which can be read from it. */
export function clientOf(origin: Origin | undefined): string {
  const known = [origin?.selector, origin?.connection, origin?.headers?.authorization ?? null];
  return createHash('sha256').update(JSON.stringify(known)).digest('base64url');
}
