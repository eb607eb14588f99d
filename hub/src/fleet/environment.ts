import { GRANTS_NAME } from '@counterpart/kit/settings';
import type { CommandServer, Manifest, SecretSlot, ServerOverride } from '@counterpart/schemas';

export type Variables = Readonly<Record<string, string | undefined>>;
export type Environment = Readonly<Record<string, string>>;

/** Where the certificates of a network's own authority are: without them no host behind it is trusted. */
const TRUST_VARIABLES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
/** What any program needs to find itself at home; nothing of it is a secret. */
const HOME_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'TZ',
  'SystemRoot',
  'APPDATA',
  ...TRUST_VARIABLES,
];
/** A built server runs one bundled file: it needs neither a home nor a shell. */
const BUILT_VARIABLES = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'SystemRoot', ...TRUST_VARIABLES];

/**
 * Stands in for every credential when a server speaks to its mirror, which accepts anything. No answer of a mirror holds
 * this text, so nothing of one is taken for a secret and blacked out.
 */
const MIRROR_CREDENTIAL = 'none-needed-by-the-mirror';

export interface ServerEnvironment {
  readonly env: Environment;
  /** Declared as required, found nowhere. */
  readonly missingSecrets: readonly string[];
  /** Values that must never be written down. */
  readonly secretValues: readonly string[];
}

/** Where a server is lent the tokens of its sign-ins. */
export interface Lending {
  readonly url: string;
  readonly key: string;
  readonly schemes: readonly string[];
}

export interface BuiltEnvironmentOptions {
  readonly manifest: Manifest;
  readonly override: ServerOverride | undefined;
  /** The override's variables with their references resolved. */
  readonly overrideEnv: Environment;
  readonly host: Variables;
  /** Base URL of the server's mirror. */
  readonly mirrorUrl: string;
  /** Schemes that somebody signed in to, and where their tokens are lent. */
  readonly lending?: Lending | undefined;
  /** Where the posts to a hook are kept. */
  readonly hookFolder?: ((hook: string) => string) | undefined;
}

/** The whole environment of a built server: what its manifest declares, and nothing else of the hub's own. Pure. */
export function builtEnvironment(options: BuiltEnvironmentOptions): ServerEnvironment {
  const { manifest, override, overrideEnv, host, mirrorUrl, lending } = options;
  const mirrored = override?.target === 'mirror';
  // A connection string would lead past the mirror, which is spoken to over HTTP.
  const isLeftOut = (name: string): boolean => mirrored && name.endsWith('_DATABASE_URL');
  const own = Object.fromEntries(Object.entries(overrideEnv).filter(([name]) => !isLeftOut(name)));
  const declared = (name: string) => (isLeftOut(name) ? undefined : (own[name] ?? host[name]));
  const config = definedMembers(manifest.config.map(({ name }) => [name, declared(name)]));
  const hooks = definedMembers(
    (manifest.hooks ?? []).map(({ name, setting }) => [
      setting,
      declared(setting) ?? options.hookFolder?.(name),
    ]),
  );
  const secrets = definedMembers(
    manifest.secrets.map(({ name }) => [
      name,
      mirrored && !isLeftOut(name) ? MIRROR_CREDENTIAL : declared(name),
    ]),
  );
  const target = mirrored ? definedMembers(addressNames(manifest).map((name) => [name, mirrorUrl])) : {};
  const lent = lending !== undefined && !mirrored ? { [GRANTS_NAME]: JSON.stringify(lending) } : {};
  const required = manifest.secrets
    .filter((slot) => slot.required && !isLeftOut(slot.name) && !isGranted(slot, manifest, secrets))
    .filter(({ scheme }) => scheme === undefined || lending?.schemes.includes(scheme) !== true);
  return {
    env: { ...builtVariables(host), ...config, ...hooks, ...own, ...secrets, ...target, ...lent },
    missingSecrets: required.flatMap(({ name }) => (secrets[name] === undefined ? [name] : [])),
    secretValues: mirrored ? [] : Object.values(secrets),
  };
}

/** Whether the server obtains this credential by itself, with other secrets of the same scheme. */
const isGranted = ({ scheme }: SecretSlot, { secrets: slots }: Manifest, secrets: Environment): boolean =>
  scheme !== undefined &&
  slots.some((slot) => slot.scheme === scheme && !slot.required && secrets[slot.name] !== undefined);

/** Settings that say where the service is, as the compiler named them. */
const addressNames = ({ config }: Manifest): string[] =>
  config.map(({ name }) => name).filter((name) => name.endsWith('_BASE_URL'));

/** What every built server gets of the hub's own environment. */
export const builtVariables = (host: Variables): Environment => pick(host, BUILT_VARIABLES);

/** The environment of a third-party command: the customary few variables and what its entry names, references resolved. Pure. */
export function commandEnvironment(entryEnv: Environment, host: Variables): ServerEnvironment {
  const secretValues = Object.entries(entryEnv)
    .filter(([name]) => namesSecret(name))
    .map(([, value]) => value);
  return { env: { ...pick(host, HOME_VARIABLES), ...entryEnv }, missingSecrets: [], secretValues };
}

/** Of what is customary, what means something to a command inside walls; the rest tells of the user. */
const GUEST_VARIABLES = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TERM'];

/** The environment of a third-party command inside walls: what its entry names, and little more. Pure. */
export function guestEnvironment(entryEnv: Environment, host: Variables): ServerEnvironment {
  return { ...commandEnvironment(entryEnv, {}), env: { ...pick(host, GUEST_VARIABLES), ...entryEnv } };
}

/** Whether a variable of this name holds a credential, going by what such variables are customarily called. */
export const namesSecret = (name: string): boolean => /TOKEN|KEY|SECRET|PASSWORD|CREDENTIAL|AUTH/i.test(name);

/** Members of an entry's `env` as text; `null` means: not set. */
export function textMembers(env: CommandServer['env']): Environment {
  return definedMembers(
    Object.entries(env ?? {}).map(([name, value]) => [name, value === null ? undefined : String(value)]),
  );
}

function pick(host: Variables, names: readonly string[]): Environment {
  return definedMembers(names.map((name) => [name, host[name]]));
}

/** Only the variables that are set. */
export const definedVariables = (variables: Variables): Environment =>
  definedMembers(Object.entries(variables));

function definedMembers(members: readonly (readonly [string, string | undefined])[]): Environment {
  return Object.fromEntries(members.filter((member): member is [string, string] => member[1] !== undefined));
}
