import { hubError } from '@counterpart/schemas';

/**
 * `${env:NAME}`, `${NAME}`, and `${secret:NAME}` for what the vault holds; each with a default after `:-`, which also
 * stands in for an empty value and may itself hold references: `${secret:OWN_KEY:-${env:SYSTEM_KEY}}`.
 */
const REFERENCE =
  /\$\{(?:(env|secret):)?([A-Za-z_][A-Za-z0-9_]*)(?::-((?:[^{}$]|\$(?!\{)|\$\{[^{}]*\})*))?\}/g;

interface Reference {
  readonly source: string | undefined;
  readonly name: string;
}

/** Those in defaults among them. */
function referencesIn(text: string): Reference[] {
  return [...text.matchAll(REFERENCE)].flatMap(([, source, name = '', fallback = '']) => [
    { source, name },
    ...referencesIn(fallback),
  ]);
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Where references are looked up. */
export interface ReferenceSources {
  readonly env: Variables;
  /** Of the vault. */
  readonly secrets: Variables;
}

/** Names of the variables that a text refers to. */
export const referencedVariables = (text: string): string[] =>
  referencesIn(text).flatMap(({ source, name }) => (source === 'secret' ? [] : [name]));

/** Names of the vault's secrets that a text refers to. */
export const referencedSecrets = (text: string): string[] =>
  referencesIn(text).flatMap(({ source, name }) => (source === 'secret' ? [name] : []));

/**
 * Text with its references replaced by their values. Throws CONFIG_REFERENCE_MISSING or CONFIG_SECRET_MISSING, in which
 * `subject` says whose text it is. Values are never logged and appear in no error.
 */
export function resolveReferences(text: string, sources: ReferenceSources, subject: string): string {
  const { env, secrets } = sources;
  return text.replaceAll(
    REFERENCE,
    (_, source: string | undefined, name: string, fallback: string | undefined) => {
      const value = source === 'secret' ? secrets[name] : env[name];
      if (fallback !== undefined && (value === undefined || value === ''))
        return resolveReferences(fallback, sources, subject);
      if (value !== undefined) return value;
      throw source === 'secret'
        ? hubError('CONFIG_SECRET_MISSING', { subject, name })
        : hubError('CONFIG_REFERENCE_MISSING', { subject, variable: name });
    },
  );
}
