import type { AuthRequirement, Blueprint, Operation } from '@counterpart/schemas';
import { credentialNames, type CredentialNames } from '../compile/env-names.ts';
import { describedTokenUrl } from '../compile/token-urls.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import { encodeStrict } from '../http/percent.ts';
import { headerText } from './parameters.ts';

type Scheme = Blueprint['auth']['schemes'][string];

/** What credentials add to a request. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Encoded `name=value`. */
  readonly query: readonly string[];
  readonly cookies: readonly string[];
  /** Texts that must never be seen in an answer. */
  readonly secrets: readonly string[];
  /** Variables they came from. */
  readonly variables: readonly string[];
}

const NOTHING: Credentials = { headers: {}, query: [], cookies: [], secrets: [], variables: [] };

const variablesOf = ({ token, username, password }: CredentialNames): string[] =>
  [token, username, password].filter((name) => name !== undefined);

function isSet(names: CredentialNames, env: Env): boolean {
  // A basic password may be blank: services take a key as the user's name.
  const needed = names.token ?? names.username;
  return needed !== undefined && env(needed) !== undefined;
}

const header = (name: string, value: string, secrets: readonly string[]): Credentials => ({
  ...NOTHING,
  headers: { [name]: headerText(name, value) },
  secrets,
});

function apiKey(scheme: Scheme & { kind: 'api-key' }, key: string): Credentials {
  switch (scheme.in) {
    case 'header':
      return header(scheme.name, key, [key]);
    case 'query':
      return { ...NOTHING, query: [`${encodeStrict(scheme.name)}=${encodeStrict(key)}`], secrets: [key] };
    case 'cookie':
      return { ...NOTHING, cookies: [`${scheme.name}=${headerText(scheme.name, key)}`], secrets: [key] };
  }
}

function schemeCredentials(scheme: Scheme, names: CredentialNames, env: Env): Credentials {
  const token = names.token === undefined ? '' : (env(names.token) ?? '');
  switch (scheme.kind) {
    case 'api-key':
      return apiKey(scheme, token);
    case 'bearer':
    case 'oauth2':
    case 'openid':
      return header('authorization', `Bearer ${token.replace(/^bearer\s+/i, '')}`, [token]);
    case 'http':
      return header('authorization', `${scheme.scheme} ${token}`, [token]);
    case 'basic': {
      const password = (names.password === undefined ? undefined : env(names.password)) ?? '';
      const packed = Buffer.from(`${env(names.username ?? '') ?? ''}:${password}`, 'utf8').toString('base64');
      return header('authorization', `Basic ${packed}`, [password, packed]);
    }
    case 'mutual-tls':
      return NOTHING;
  }
}

function combined(all: readonly Credentials[]): Credentials {
  return {
    headers: Object.fromEntries(all.flatMap(({ headers }) => Object.entries(headers))),
    query: all.flatMap(({ query }) => query),
    cookies: all.flatMap(({ cookies }) => cookies),
    secrets: all.flatMap(({ secrets }) => secrets).filter((secret) => secret !== ''),
    variables: all.flatMap(({ variables }) => variables),
  };
}

/** What a token is obtained with where none is set. */
function grantWords(
  blueprint: Blueprint,
  scheme: string,
  { clientId, clientSecret }: CredentialNames,
): string[] {
  const described = blueprint.auth.schemes[scheme];
  const obtainable = described?.kind === 'oauth2' && describedTokenUrl(blueprint, described) !== undefined;
  return obtainable && clientId !== undefined && clientSecret !== undefined
    ? [`${clientId} and ${clientSecret}`]
    : [];
}

function alternativeWords(
  requirement: AuthRequirement,
  names: ReadonlyMap<string, CredentialNames>,
  blueprint: Blueprint,
): string {
  return Object.keys(requirement)
    .map((scheme) => {
      const slots = names.get(scheme) ?? {};
      const variables = variablesOf(slots);
      if (variables.length > 0)
        return [variables.join(' and '), ...grantWords(blueprint, scheme, slots)].join(', or ');
      return blueprint.auth.schemes[scheme]?.kind === 'mutual-tls'
        ? `a client certificate (${scheme}), which this server cannot send`
        : `the unknown scheme ${scheme}`;
    })
    .join(' and ');
}

/** Names of the variables that would satisfy a call, for messages: `A_TOKEN, or A_USERNAME and A_PASSWORD`. */
export function wantedVariables(blueprint: Blueprint, operation: Pick<Operation, 'auth'>): string {
  const names = credentialNames(blueprint);
  const requirements = operation.auth ?? blueprint.auth.default;
  const words = requirements.filter((requirement) => Object.keys(requirement).length > 0);
  return [...new Set(words.map((requirement) => alternativeWords(requirement, names, blueprint)))].join(
    ', or ',
  );
}

/**
 * Credentials of the first alternative whose variables are all set; without any when that is allowed too. Throws
 * ToolFailure that names the variables to set.
 */
export function credentialsFor(
  blueprint: Blueprint,
  operation: Pick<Operation, 'auth' | 'name'>,
  env: Env,
): Credentials {
  const requirements = operation.auth ?? blueprint.auth.default;
  const names = credentialNames(blueprint);
  const schemes = blueprint.auth.schemes;
  const met = requirements.find((requirement) => {
    const wanted = Object.keys(requirement);
    return wanted.length > 0 && wanted.every((scheme) => isSet(names.get(scheme) ?? {}, env));
  });
  if (met) {
    const parts = Object.keys(met).flatMap((name) => {
      const scheme = schemes[name];
      const slots = names.get(name);
      return scheme && slots
        ? [{ ...schemeCredentials(scheme, slots, env), variables: variablesOf(slots) }]
        : [];
    });
    return combined(parts);
  }
  const anonymous =
    requirements.length === 0 || requirements.some((requirement) => Object.keys(requirement).length === 0);
  if (anonymous) return NOTHING;
  throw new ToolFailure(`${operation.name} needs credentials, and none are configured.`, {
    nextStep: `Set ${wantedVariables(blueprint, operation)} in this server's environment.`,
  });
}
