import { createHash, timingSafeEqual } from 'node:crypto';
import { elementsOf, textOf } from '@counterpart/kit/soap';
import type { AuthRequirement, AuthScheme, Blueprint, Operation } from '@counterpart/schemas';
import type { RawRequest } from './decode-request.ts';
import { headerValue } from './header-value.ts';
import { awsStanding } from '../signature/aws.ts';
import { messageStanding } from '../signature/by-message.ts';
import { templateStanding } from '../signature/by-template.ts';
import type { Nonces } from '../signature/nonces.ts';
import { MISSING, wrong, type Standing } from '../signature/standing.ts';
import type { MirrorProblem } from '../answer/problem.ts';

const namesKnown = new WeakMap<Blueprint, WeakMap<Operation, readonly string[]>>();

/** What credentials are held against. */
export interface CredentialCheck {
  /** The test key that was issued; undefined: any will do. */
  readonly issuedKey?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of signatures that were taken before. */
  readonly nonces: Nonces;
}

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
    if (scheme?.kind === 'signature' && scheme.signature.form === 'template')
      return scheme.signature.places.flatMap((place) => (place.in === 'query' ? [place.name] : []));
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

/** Schemes whose credential is a text in the request. */
type TextScheme = Exclude<AuthScheme, { kind: 'mutual-tls' | 'aws-sigv4' | 'signature' }>;

/** The texts that the header of an envelope has for a credential; undefined where one that it must have is missing. */
function inEnvelope(
  request: RawRequest,
  { header }: AuthScheme & { kind: 'soap-header' },
): readonly string[] | undefined {
  const found = request.envelope?.find(({ name, ns }) => name === header.name && ns === header.ns);
  const texts = header.parts.map(({ path, required }) => {
    const element = path.reduce(
      (at, step) => at && elementsOf(at).find(({ name }) => name === step.name),
      found,
    );
    return { text: element && textOf(element).trim(), required };
  });
  if (texts.some(({ text, required }) => required && text === undefined)) return undefined;
  return texts.flatMap(({ text }) => text ?? []);
}

/** What a request carries for a scheme, each a secret that may be the right one; undefined: nothing. */
function carried(request: RawRequest, scheme: TextScheme): readonly string[] | undefined {
  const one = (secret: string | undefined): readonly string[] | undefined =>
    secret === undefined ? undefined : [secret, secret.replace(/^[A-Za-z]+ +/, '')];
  switch (scheme.kind) {
    case 'api-key':
      if (scheme.in === 'header') return one(headerValue(request.headers, scheme.name));
      if (scheme.in === 'query') return one(namedValue(request.query, /&/, scheme.name));
      return one(namedValue(request.headers.get('cookie') ?? '', /;\s*/, scheme.name));
    case 'soap-header':
      return inEnvelope(request, scheme);
    case 'basic':
      return basicSecrets(authorization(request, 'basic'));
    case 'http':
      return one(authorization(request, scheme.scheme));
    case 'bearer':
    case 'oauth2':
    case 'openid':
      return one(authorization(request, 'bearer'));
  }
}

function standing(request: RawRequest, scheme: AuthScheme, check: CredentialCheck | undefined): Standing {
  const held = { key: check?.issuedKey, now: check?.now() ?? Date.now() };
  // Certificates are shown to whatever ends the TLS connection; a request has nothing of them.
  if (scheme.kind === 'mutual-tls') return { kind: 'good' };
  if (scheme.kind === 'aws-sigv4') return awsStanding(request, held);
  if (scheme.kind !== 'signature') return secretStanding(carried(request, scheme), held.key);
  const { signature } = scheme;
  const stands =
    signature.form === 'template'
      ? templateStanding(signature, request, held)
      : messageStanding(signature, request, held);
  const nonce = stands.kind === 'good' ? stands.nonce : undefined;
  return nonce !== undefined && check?.nonces.has(nonce) === true
    ? wrong('its nonce has been used before')
    : stands;
}

function secretStanding(secrets: readonly string[] | undefined, key: string | undefined): Standing {
  if (!secrets) return MISSING;
  const isRight = key === undefined || secrets.some((secret) => isEqual(secret, key));
  return { kind: isRight ? 'good' : 'wrong' };
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
    case 'soap-header':
      return `${scheme.header.name} in the header of the envelope`;
    case 'mutual-tls':
      return 'a client certificate';
    case 'aws-sigv4':
      return 'Authorization: AWS4-HMAC-SHA256';
    case 'signature':
      return scheme.signature.form === 'template'
        ? `a signature in ${scheme.signature.places.map(({ in: place, name }) => `${place} ${name}`).join(', ')}`
        : 'Signature-Input and Signature';
    case 'bearer':
    case 'oauth2':
    case 'openid':
      return 'Authorization: Bearer';
  }
}

/** How a client of none of these would say who it is (RFC 9110, 11.6.1). */
function challengeOf(schemes: readonly AuthScheme[]): string {
  const kinds = new Set(schemes.map(({ kind }) => kind));
  if (kinds.has('basic')) return 'Basic realm="mirror"';
  const isSigned = [...kinds].every((kind) => kind === 'aws-sigv4' || kind === 'signature');
  return isSigned && kinds.size > 0 ? 'Signature realm="mirror"' : 'Bearer realm="mirror"';
}

/**
 * 401 when a request satisfies none of the operation's alternatives; undefined when it may pass. With an issued key every
 * secret it carries for an alternative must be that key, and every signature made with it.
 */
export function missingCredentials(
  blueprint: Blueprint,
  operation: Operation,
  request: RawRequest,
  check?: CredentialCheck,
): MirrorProblem | undefined {
  const alternatives = operation.auth ?? blueprint.auth.default;
  const schemesOf = (requirement: AuthRequirement): readonly AuthScheme[] =>
    Object.keys(requirement).flatMap((name) => blueprint.auth.schemes[name] ?? []);
  const standings = alternatives.map((requirement) =>
    schemesOf(requirement).map((scheme) => standing(request, scheme, check)),
  );
  const met = standings.find((all) => all.every(({ kind }) => kind === 'good'));
  if (alternatives.length === 0 || met) {
    for (const one of met ?? [])
      if (one.kind === 'good' && one.nonce !== undefined) check?.nonces.add(one.nonce);
    return undefined;
  }
  const expected = alternatives.map((requirement) => schemesOf(requirement).map(describe).join(' and '));
  const found = standings.find((all) => all.every(({ kind }) => kind !== 'missing'));
  const challenge = challengeOf(alternatives.flatMap(schemesOf));
  const needs = `The operation ${operation.name} needs ${expected.join(', or ')}`;
  return {
    status: 401,
    slug: found ? 'credential-wrong' : 'credential-missing',
    title: found ? 'The credential is not the right one' : 'A credential is needed',
    detail: found ? wrongText(needs, found) : `${needs}.`,
    headers: { 'www-authenticate': found ? `${challenge}, error="invalid_token"` : challenge },
    members: { expected },
  };
}

function wrongText(needs: string, standings: readonly Standing[]): string {
  const reason = standings.map((one) => (one.kind === 'wrong' ? one.reason : undefined)).find(Boolean);
  return reason === undefined
    ? `${needs} with the key that this mirror has issued.`
    : `${needs}, and of this request ${reason}.`;
}
