import type { Blueprint } from '@counterpart/schemas';

type Schemes = Blueprint['auth']['schemes'];
type Scheme = Schemes[string];

/** Text as part of an environment variable's name: upper case, words joined by one underscore. */
function envWord(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Prefix of every variable of a server: `my-api` → `MY_API`; a leading digit gets a letter before it. */
function envPrefix(id: string): string {
  const word = envWord(id);
  return /^\d/.test(word) ? `S${word}` : word;
}

/** Variables that a scheme's credential is made of; which ones, its kind decides. */
export interface CredentialNames {
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
  /** OAuth 2 and OpenID Connect: with these a token is obtained, and renewed, by the server itself. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
  /** Where from, instead of the address in the description. */
  readonly tokenUrl?: string;
  /** The discovery document of OpenID Connect, instead of the one in the description. */
  readonly openidUrl?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Of temporary credentials of AWS. */
  readonly sessionToken?: string;
  readonly region?: string;
  readonly signingKey?: string;
  readonly signingKeyId?: string;
  /** Paths of PEM files. */
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly passphrase?: string;
  /** Of a SOAP header, in the order of its parts. */
  readonly parts?: readonly string[];
}

function namesOf(scheme: Scheme, stem: string): CredentialNames {
  switch (scheme.kind) {
    case 'oauth2':
      return {
        token: `${stem}_TOKEN`,
        clientId: `${stem}_CLIENT_ID`,
        clientSecret: `${stem}_CLIENT_SECRET`,
        refreshToken: `${stem}_REFRESH_TOKEN`,
        tokenUrl: `${stem}_TOKEN_URL`,
      };
    case 'openid':
      return {
        token: `${stem}_TOKEN`,
        clientId: `${stem}_CLIENT_ID`,
        clientSecret: `${stem}_CLIENT_SECRET`,
        refreshToken: `${stem}_REFRESH_TOKEN`,
        openidUrl: `${stem}_OPENID_URL`,
      };
    case 'bearer':
      return { token: `${stem}_TOKEN` };
    case 'api-key':
      return { token: `${stem}_API_KEY` };
    case 'http':
      return { token: `${stem}_CREDENTIAL` };
    case 'basic':
      return { username: `${stem}_USERNAME`, password: `${stem}_PASSWORD` };
    case 'mutual-tls':
      return {
        certificateFile: `${stem}_CLIENT_CERT_FILE`,
        keyFile: `${stem}_CLIENT_KEY_FILE`,
        caFile: `${stem}_CA_FILE`,
        passphrase: `${stem}_CLIENT_KEY_PASSPHRASE`,
      };
    case 'aws-sigv4':
      return {
        accessKeyId: `${stem}_ACCESS_KEY_ID`,
        secretAccessKey: `${stem}_SECRET_ACCESS_KEY`,
        sessionToken: `${stem}_SESSION_TOKEN`,
        region: `${stem}_REGION`,
      };
    case 'signature':
      return { signingKey: `${stem}_SIGNING_KEY`, signingKeyId: `${stem}_SIGNING_KEY_ID` };
    case 'soap-header':
      return { parts: scheme.header.parts.map(({ setting }) => `${stem}_${envWord(setting)}`) };
  }
}

/** Names of the schemes that some operation, or the default, asks for; in the blueprint's order. */
function usedSchemes(blueprint: Blueprint): string[] {
  const requirements = [
    ...blueprint.auth.default,
    ...blueprint.operations.flatMap((operation) => operation.auth ?? []),
  ];
  const used = new Set(requirements.flatMap((requirement) => Object.keys(requirement)));
  return Object.keys(blueprint.auth.schemes).filter((name) => used.has(name));
}

/** Variable names by scheme. Two used schemes of one kind both carry their own name, so that none is guessed. */
export function credentialNames(blueprint: Blueprint): ReadonlyMap<string, CredentialNames> {
  const { schemes } = blueprint.auth;
  const prefix = envPrefix(blueprint.id);
  const used = usedSchemes(blueprint);
  const named = used.flatMap((name) => {
    const scheme = schemes[name];
    if (!scheme) return [];
    const alike = used.filter((other) => schemes[other]?.kind === scheme.kind).length;
    const stem = alike > 1 ? `${prefix}_${envWord(name)}` : prefix;
    return [[name, namesOf(scheme, stem)] as const];
  });
  return new Map(named);
}

export const baseUrlName = (id: string): string => `${envPrefix(id)}_BASE_URL`;
/** Of a data server: another path or URL of its file. */
export const sourceName = (id: string): string => `${envPrefix(id)}_SOURCE`;
/** Of a database server: its connection string. */
export const databaseUrlName = (id: string): string => `${envPrefix(id)}_DATABASE_URL`;
export const maxResultBytesName = (id: string): string => `${envPrefix(id)}_MAX_RESULT_BYTES`;
/** Set by the hub for each process it starts. */
export const UNDER_HUB_NAME = 'COUNTERPART_SPAWN';
/** Set by the hub where somebody signed in to the service: JSON that says where tokens are lent. */
export const GRANTS_NAME = 'COUNTERPART_GRANTS';
/** Set by the hub for a server without a network: the Unix socket of the broker that its requests go through. */
export const BROKER_NAME = 'COUNTERPART_BROKER';
/** Set by the hub where a secret must be known inside: the ticket that it is handed out for, once, over that socket. */
export const HANDED_NAME = 'COUNTERPART_HANDED';
export const timeoutName = (id: string): string => `${envPrefix(id)}_TIMEOUT_MS`;

const RESERVED =
  /^(?:BASE_URL|DATABASE_URL|MAX_RESULT_BYTES|TIMEOUT_MS|.*TOKEN|.*TOKEN_URL|.*CLIENT_ID|.*CLIENT_SECRET|.*API_KEY|.*CREDENTIAL|.*ACCESS_KEY(?:_ID)?|.*SIGNING_KEY(?:_ID)?|.*_FILE|.*PASSPHRASE|OPENID_URL|.*USERNAME|.*PASSWORD)$/;

/** Variable for a server variable of the description; one that would read like a secret or a setting gets `VAR_`. */
export function serverVariableName(id: string, variable: string): string {
  const word = envWord(variable);
  return `${envPrefix(id)}_${RESERVED.test(word) ? 'VAR_' : ''}${word}`;
}
