import type { AuthRequirement, AuthScheme, Blueprint, Operation } from '@counterpart/schemas';
import type { RawRequest } from './decode-request.ts';
import { headerValue } from './header-value.ts';
import type { MirrorProblem } from '../answer/problem.ts';

/** Query parameters of an operation that hold a credential. */
export function credentialNames(blueprint: Blueprint, operation: Operation): readonly string[] {
  const names = (operation.auth ?? blueprint.auth.default).flatMap((requirement) => Object.keys(requirement));
  return names.flatMap((name) => {
    const scheme = blueprint.auth.schemes[name];
    return scheme?.kind === 'api-key' && scheme.in === 'query' ? [scheme.name] : [];
  });
}

function hasAuthorization(request: RawRequest, scheme: string): boolean {
  const value = request.headers.get('authorization') ?? '';
  return new RegExp(`^${scheme.replaceAll(/[^\w-]/g, '')} +\\S`, 'i').test(value);
}

function hasNamed(text: string, delimiter: RegExp, name: string): boolean {
  return text
    .split(delimiter)
    .some((part) => part.startsWith(`${name}=`) || part.startsWith(`${encodeURIComponent(name)}=`));
}

/** True when a request carries what a scheme asks for; whether it is the right secret is not the mirror's to know. */
function carries(request: RawRequest, scheme: AuthScheme): boolean {
  switch (scheme.kind) {
    case 'api-key':
      if (scheme.in === 'header') return headerValue(request.headers, scheme.name) !== undefined;
      if (scheme.in === 'query') return hasNamed(request.query, /&/, scheme.name);
      return hasNamed(request.headers.get('cookie') ?? '', /;\s*/, scheme.name);
    case 'basic':
      return hasAuthorization(request, 'basic');
    case 'http':
      return hasAuthorization(request, scheme.scheme);
    case 'bearer':
    case 'oauth2':
    case 'openid':
      return hasAuthorization(request, 'bearer');
    case 'mutual-tls':
      return true;
  }
}

function describe(scheme: AuthScheme): string {
  switch (scheme.kind) {
    case 'api-key':
      return `${scheme.in} ${scheme.name}`;
    case 'http':
      return `Authorization: ${scheme.scheme}`;
    case 'basic':
      return 'Authorization: Basic';
    case 'mutual-tls':
      return 'a client certificate';
    case 'bearer':
    case 'oauth2':
    case 'openid':
      return 'Authorization: Bearer';
  }
}

/** 401 when a request carries the credentials of none of the operation's alternatives; undefined when it may pass. */
export function missingCredentials(
  blueprint: Blueprint,
  operation: Operation,
  request: RawRequest,
): MirrorProblem | undefined {
  const alternatives = operation.auth ?? blueprint.auth.default;
  const schemesOf = (requirement: AuthRequirement): readonly AuthScheme[] =>
    Object.keys(requirement).flatMap((name) => blueprint.auth.schemes[name] ?? []);
  const satisfied = alternatives.some((requirement) =>
    schemesOf(requirement).every((scheme) => carries(request, scheme)),
  );
  if (alternatives.length === 0 || satisfied) return undefined;
  const expected = alternatives.map((requirement) => schemesOf(requirement).map(describe).join(' and '));
  const challenge = expected.some((text) => text.includes('Basic'))
    ? 'Basic realm="mirror"'
    : 'Bearer realm="mirror"';
  return {
    status: 401,
    slug: 'credential-missing',
    title: 'A credential is needed',
    detail: `The operation ${operation.name} needs ${expected.join(', or ')}.`,
    headers: { 'www-authenticate': challenge },
    members: { expected },
  };
}
