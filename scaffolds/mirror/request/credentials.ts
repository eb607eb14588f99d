import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuthRequirement, AuthScheme, Blueprint, Operation } from '@counterpart/schemas';
import type { RawRequest } from './decode-request.ts';
import { headerValue } from './header-value.ts';
import type { MirrorProblem } from '../answer/problem.ts';

const namesKnown = new WeakMap<Blueprint, WeakMap<Operation, readonly string[]>>();

/** Query parameters of an operation that hold a credential. */
export function credentialNames(blueprint: Blueprint, operation: Operation): readonly string[] {
  const known = namesKnown.get(blueprint) ?? new WeakMap<Operation, readonly string[]>();
  namesKnown.set(blueprint, known);
  const names = known.get(operation) ?? findCredentialNames(blueprint, operation);
  known.set(operation, names);
  return names;
}

function findCredentialNames(blueprint: Blueprint, operation: Operation): readonly string[] {
  const names = (operation.auth ?? blueprint.auth.default).flatMap((requirement) => Object.keys(requirement));
  return names.flatMap((name) => {
    const scheme = blueprint.auth.schemes[name];
    return scheme?.kind === 'api-key' && scheme.in === 'query' ? [scheme.name] : [];
  });
}

/** What follows the scheme in an Authorization header. */
function authorization(request: RawRequest, scheme: string): string | undefined {
  const value = request.headers.get('authorization') ?? '';
  return new RegExp(`^${scheme.replaceAll(/[^\w-]/g, '')} +(\\S.*)$`, 'i').exec(value)?.[1];
}

function namedValue(text: string, delimiter: RegExp, name: string): string | undefined {
  const part = text
    .split(delimiter)
    .find((one) => one.startsWith(`${name}=`) || one.startsWith(`${encodeURIComponent(name)}=`));
  return part === undefined ? undefined : decoded(part.slice(part.indexOf('=') + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Secrets in what a request carries: of Basic both halves, since services put their key into either. */
function basicSecrets(encoded: string | undefined): readonly string[] | undefined {
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const at = text.indexOf(':');
  return at < 0 ? [text] : [text.slice(at + 1), text.slice(0, at), text];
}

/** What a request carries for a scheme, each a secret that may be the right one; undefined: nothing. */
function carried(request: RawRequest, scheme: AuthScheme): readonly string[] | undefined {
  const one = (secret: string | undefined): readonly string[] | undefined =>
    secret === undefined ? undefined : [secret, secret.replace(/^[A-Za-z]+ +/, '')];
  switch (scheme.kind) {
    case 'api-key':
      if (scheme.in === 'header') return one(headerValue(request.headers, scheme.name));
      if (scheme.in === 'query') return one(namedValue(request.query, /&/, scheme.name));
      return one(namedValue(request.headers.get('cookie') ?? '', /;\s*/, scheme.name));
    case 'basic':
      return basicSecrets(authorization(request, 'basic'));
    case 'http':
      return one(authorization(request, scheme.scheme));
    case 'bearer':
    case 'oauth2':
    case 'openid':
      return one(authorization(request, 'bearer'));
    case 'mutual-tls':
      return [];
  }
}

/** `missing` of the credential, `wrong` when it is not the key that was issued. */
type Standing = 'good' | 'missing' | 'wrong';

function standing(request: RawRequest, scheme: AuthScheme, issuedKey: string | undefined): Standing {
  const secrets = carried(request, scheme);
  if (!secrets) return 'missing';
  if (issuedKey === undefined || scheme.kind === 'mutual-tls') return 'good';
  return secrets.some((secret) => isEqual(secret, issuedKey)) ? 'good' : 'wrong';
}

/** In a time that does not tell how much of it was right. */
function isEqual(secret: string, key: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(secret), digest(key));
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

/**
 * 401 when a request satisfies none of the operation's alternatives; undefined when it may pass. With `issuedKey` every
 * secret it carries for an alternative must be that key.
 */
export function missingCredentials(
  blueprint: Blueprint,
  operation: Operation,
  request: RawRequest,
  issuedKey?: string,
): MirrorProblem | undefined {
  const alternatives = operation.auth ?? blueprint.auth.default;
  const schemesOf = (requirement: AuthRequirement): readonly AuthScheme[] =>
    Object.keys(requirement).flatMap((name) => blueprint.auth.schemes[name] ?? []);
  const standings = alternatives.map((requirement) =>
    schemesOf(requirement).map((scheme) => standing(request, scheme, issuedKey)),
  );
  if (alternatives.length === 0 || standings.some((all) => all.every((one) => one === 'good')))
    return undefined;
  const expected = alternatives.map((requirement) => schemesOf(requirement).map(describe).join(' and '));
  const isWrong = standings.some((all) => all.every((one) => one !== 'missing'));
  const challenge = expected.some((text) => text.includes('Basic'))
    ? 'Basic realm="mirror"'
    : 'Bearer realm="mirror"';
  const needs = `The operation ${operation.name} needs ${expected.join(', or ')}`;
  return {
    status: 401,
    slug: isWrong ? 'credential-wrong' : 'credential-missing',
    title: isWrong ? 'The credential is not the right one' : 'A credential is needed',
    detail: isWrong ? `${needs} with the key that this mirror has issued.` : `${needs}.`,
    headers: { 'www-authenticate': isWrong ? `${challenge}, error="invalid_token"` : challenge },
    members: { expected },
  };
}
