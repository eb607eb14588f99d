import { referencedSecrets, resolveReferences } from '../../config/references.ts';
import type { Variables } from '../../fleet/environment.ts';
import type { Vault } from '../../kernel/ports.ts';

interface Desk {
  readonly vault: Vault;
  readonly host: () => Variables;
}

/** A text with the values of its references to secrets and variables; `subject` names it in an error. */
export async function resolveText({ vault, host }: Desk, text: string, subject: string): Promise<string> {
  if (!text.includes('$')) return text;
  const secrets: Record<string, string> = {};
  for (const name of referencedSecrets(text)) {
    const value = await vault.retrieve({ server: '', name });
    if (value !== undefined) secrets[name] = value;
  }
  return resolveReferences(text, { env: host(), secrets }, subject);
}
