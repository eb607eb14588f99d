import { hubError } from '@counterpart/schemas';

/** `${env:NAME}`, `${NAME}`, and either with a default after `:-`, which also stands in for an empty value. */
const REFERENCE = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g;

/** Names of the variables that a text refers to. */
export const referencedVariables = (text: string): string[] =>
  [...text.matchAll(REFERENCE)].map(([, variable = '']) => variable);

/**
 * Text with its references to environment variables replaced by their values. Throws CONFIG_REFERENCE_MISSING, in which
 * `subject` says whose text it is. Values are never logged and appear in no error.
 */
export function resolveReferences(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  subject: string,
): string {
  return text.replaceAll(REFERENCE, (_, variable: string, fallback: string | undefined) => {
    const value = env[variable];
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value !== undefined) return value;
    throw hubError('CONFIG_REFERENCE_MISSING', { subject, variable });
  });
}
