import type { Blueprint, Operation } from '@counterpart/schemas';
import { credentialNames, type CredentialNames } from '../compile/credentials/env-names.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import { isBrokered, OPERATION_HEADER } from '../http/broker.ts';
import { encodeStrict } from '../http/percent.ts';
import { headerText } from '../interpret/encode/parameters.ts';
import type { Signer } from '../signing/sign.ts';
import { addressOf } from '../http/address.ts';
import { alternativesOf, chooseAlternative, isAnonymous, isPartlySet, wantedVariables } from './choose.ts';

type Scheme = Blueprint['auth']['schemes'][string];

/** Files of a client's certificate, and the variables that name them. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string | undefined;
  readonly passphrase: string | undefined;
  readonly names: CredentialNames;
}

/** What credentials add to a request. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Encoded `name=value`. */
  readonly query: readonly string[];
  readonly cookies: readonly string[];
  /** Signatures of the finished request, to be made anew for each attempt. */
  readonly signers: readonly Signer[];
  /** Shown in the TLS handshake. */
  readonly certificate: CertificateFiles | undefined;
  /** Texts that must never be seen in an answer. */
  readonly secrets: readonly string[];
  /** Variables they came from. */
  readonly variables: readonly string[];
}

/** A call without credentials. */
export const NO_CREDENTIALS: Credentials = {
  headers: {},
  query: [],
  cookies: [],
  signers: [],
  certificate: undefined,
  secrets: [],
  variables: [],
};

const header = (name: string, value: string, secrets: readonly string[]): Credentials => ({
  ...NO_CREDENTIALS,
  headers: { [name]: headerText(name, value) },
  secrets,
});

function apiKey(scheme: Scheme & { kind: 'api-key' }, key: string): Credentials {
  switch (scheme.in) {
    case 'header':
      return header(scheme.name, key, [key]);
    case 'query':
      return {
        ...NO_CREDENTIALS,
        query: [`${encodeStrict(scheme.name)}=${encodeStrict(key)}`],
        secrets: [key],
      };
    case 'cookie':
      return {
        ...NO_CREDENTIALS,
        cookies: [`${scheme.name}=${headerText(scheme.name, key)}`],
        secrets: [key],
      };
  }
}

/** A scheme with the variables its parts come from. */
interface Holder {
  readonly scheme: Scheme;
  readonly names: CredentialNames;
  readonly env: Env;
}

type OneName = Exclude<keyof CredentialNames, 'parts'>;
const valueOf = ({ names, env }: Holder, name: OneName): string => env(names[name] ?? '') ?? '';
const optionalOf = ({ names, env }: Holder, name: OneName): string | undefined => env(names[name] ?? '');

function basic(holder: Holder): Credentials {
  const password = valueOf(holder, 'password');
  const packed = Buffer.from(`${valueOf(holder, 'username')}:${password}`, 'utf8').toString('base64');
  return header('authorization', `Basic ${packed}`, [password, packed]);
}

function aws(
  scheme: Scheme & { kind: 'aws-sigv4' },
  holder: Holder,
  { servers }: Pick<Blueprint, 'servers'>,
): Credentials {
  const secretAccessKey = valueOf(holder, 'secretAccessKey');
  const sessionToken = optionalOf(holder, 'sessionToken');
  const described = servers.find(({ url }) => /^https?:\/\/[^{}]+$/i.test(url))?.url;
  return {
    ...NO_CREDENTIALS,
    signers: [
      {
        kind: 'aws-sigv4',
        accessKeyId: headerText('access key id', valueOf(holder, 'accessKeyId')),
        secretAccessKey,
        sessionToken: sessionToken === undefined ? undefined : headerText('session token', sessionToken),
        service: scheme.service,
        region: optionalOf(holder, 'region') ?? scheme.region,
        describedHost: described === undefined ? undefined : addressOf(described).hostname,
      },
    ],
    secrets: [secretAccessKey, sessionToken ?? ''],
  };
}

function signature(scheme: Scheme & { kind: 'signature' }, holder: Holder): Credentials {
  const key = valueOf(holder, 'signingKey');
  const keyId = optionalOf(holder, 'signingKeyId');
  return {
    ...NO_CREDENTIALS,
    signers: [
      {
        kind: 'signature',
        signature: scheme.signature,
        key,
        keyId: keyId === undefined ? undefined : headerText('key id', keyId),
        variable: holder.names.signingKey ?? '',
      },
    ],
    secrets: [key],
  };
}

function soapHeader({ header }: Scheme & { kind: 'soap-header' }, { names, env }: Holder): Credentials {
  const values = header.parts.map((_, at) => env(names.parts?.[at] ?? ''));
  return {
    ...NO_CREDENTIALS,
    signers: [{ kind: 'soap-header', header, values }],
    secrets: header.parts.flatMap(({ setting }, at) =>
      /user|name/i.test(setting) ? [] : (values[at] ?? []),
    ),
  };
}

function mutualTls(holder: Holder): Credentials {
  const certificate = optionalOf(holder, 'certificateFile');
  const key = optionalOf(holder, 'keyFile');
  if (certificate === undefined || key === undefined) return NO_CREDENTIALS;
  const passphrase = optionalOf(holder, 'passphrase');
  return {
    ...NO_CREDENTIALS,
    certificate: {
      certificate,
      key,
      authorities: optionalOf(holder, 'caFile'),
      passphrase,
      names: holder.names,
    },
    secrets: [passphrase ?? ''],
  };
}

function schemeCredentials(holder: Holder, blueprint: Blueprint): Credentials {
  const { scheme } = holder;
  const token = valueOf(holder, 'token');
  switch (scheme.kind) {
    case 'api-key':
      return apiKey(scheme, token);
    case 'bearer':
    case 'oauth2':
    case 'openid':
      return header('authorization', `Bearer ${token.replace(/^bearer\s+/i, '')}`, [token]);
    case 'http':
      return header('authorization', `${scheme.scheme} ${token}`, [token]);
    case 'basic':
      return basic(holder);
    case 'aws-sigv4':
      return aws(scheme, holder, blueprint);
    case 'signature':
      return signature(scheme, holder);
    case 'soap-header':
      return soapHeader(scheme, holder);
    case 'mutual-tls':
      return mutualTls(holder);
  }
}

function combined(all: readonly Credentials[]): Credentials {
  return {
    headers: Object.fromEntries(all.flatMap(({ headers }) => Object.entries(headers))),
    query: all.flatMap(({ query }) => query),
    cookies: all.flatMap(({ cookies }) => cookies),
    signers: all.flatMap(({ signers }) => signers),
    certificate: all.find(({ certificate }) => certificate !== undefined)?.certificate,
    secrets: all.flatMap(({ secrets }) => secrets).filter((secret) => secret !== ''),
    variables: [...new Set(all.flatMap(({ variables }) => variables))],
  };
}

/** Variables whose values went into a request, for what is said when the service refuses them. */
const usedVariables = ({ scheme, names, env }: Holder): string[] => {
  const { token, username, password, accessKeyId, secretAccessKey, sessionToken } = names;
  const own = [token, username, password, accessKeyId, secretAccessKey, names.signingKey];
  const parts = (names.parts ?? []).filter((name) => env(name) !== undefined);
  const further =
    scheme.kind === 'mutual-tls'
      ? [names.certificateFile, names.keyFile]
      : [sessionToken, names.signingKeyId];
  return [...own, ...parts, ...further.filter((name) => env(name ?? '') !== undefined)].filter(
    (name) => name !== undefined,
  );
};

/**
 * Credentials of the first alternative whose variables are all set; without any when that is allowed too. A server
 * that speaks through the broker has none of its own: it names the operation, and the broker adds them. Throws
 * ToolFailure that names the variables to set.
 */
export function credentialsFor(
  blueprint: Blueprint,
  operation: Pick<Operation, 'auth' | 'name'>,
  env: Env,
): Credentials {
  if (isBrokered(env)) return { ...NO_CREDENTIALS, headers: { [OPERATION_HEADER]: operation.name } };
  const met = chooseAlternative(blueprint, operation, env, { grants: false });
  if (met !== undefined) {
    const names = credentialNames(blueprint);
    const parts = Object.keys(met).flatMap((name): Credentials[] => {
      const scheme = blueprint.auth.schemes[name];
      if (scheme === undefined) return [];
      const holder = { scheme, names: names.get(name) ?? {}, env };
      return [{ ...schemeCredentials(holder, blueprint), variables: usedVariables(holder) }];
    });
    return combined(parts);
  }
  if (isAnonymous(alternativesOf(blueprint, operation))) return NO_CREDENTIALS;
  const found = isPartlySet(blueprint, operation, env)
    ? 'what is configured is not enough'
    : 'none are configured';
  throw new ToolFailure(`${operation.name} needs credentials, and ${found}.`, {
    nextStep: `Set ${wantedVariables(blueprint, operation, env)}: with \`hub secret set\` where a hub runs this server, else in its environment.`,
  });
}
