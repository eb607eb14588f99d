/** The address of a service whose calls all go to one place. */
export interface Endpoint {
  /** Without the path; undefined where the address is not known. */
  readonly origin: string | undefined;
  /** With a slash before it. */
  readonly path: string;
}

/** The parts of an endpoint's URL; without a path the usual one is meant, and a slash alone is a path. */
export function endpointOf(url: string | undefined, usualPath = '/'): Endpoint {
  const [, origin = '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+|)([^#]*)/i.exec(url ?? '') ?? [];
  // Variables of an address belong to its server.
  if (path.includes('{')) return { origin: (origin + path).replace(/\/+$/, ''), path: '/' };
  const rooted = path === '' ? usualPath : path.startsWith('/') ? path : `/${path}`;
  return { origin: origin === '' ? undefined : origin, path: rooted };
}
