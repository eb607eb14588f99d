import type { ServiceServer } from '@counterpart/schemas';
import type { SourceText } from '../source.ts';
import type { Losses } from './source/losses.ts';

const USUAL_PATH = '/graphql';

export interface Address {
  readonly servers: ServiceServer[];
  /** Path of the endpoint, with a slash before it. */
  readonly path: string;
}

/** The parts of an endpoint's URL. A URL without a path means the usual one; a slash alone is a path. */
function partsOf(url: string): Address {
  const [, origin = '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+|)([^?#]*)/i.exec(url) ?? [];
  return { servers: origin === '' ? [] : [{ url: origin }], path: path === '' ? USUAL_PATH : path };
}

/** Where requests go: the address given, else the endpoint the schema was asked from. */
export function addressOf(source: SourceText, baseUrl: string | undefined, losses: Losses): Address {
  const url = baseUrl ?? source.endpoint;
  if (url !== undefined) return partsOf(url);
  losses.notice(
    'operation-invalid',
    '#',
    `A schema names no address; give the endpoint with --base-url, or its origin in the environment (the path is then ${USUAL_PATH}).`,
  );
  return { servers: [], path: USUAL_PATH };
}
