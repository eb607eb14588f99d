import { hubError, type HubConfig } from '@counterpart/schemas';
import { referencedSecrets, referencedVariables, resolveReferences } from '../../config/references.ts';
import type { ProcessSpec, Vault } from '../../kernel/ports.ts';
import type { Redactor } from '../../kernel/redact.ts';
import type { VersionsAt } from '../../versions/places.ts';
import { namesSecret, type ServerEnvironment, type Variables } from '../environment.ts';
import type { MemberSecrets } from '../member-secrets.ts';
import type { Walled, Walls } from '../walls/walls.ts';

/** What programs of servers are made from. */
export interface ProgramOptions {
  readonly config: HubConfig;
  /** Folder of hub.config.json: what relative paths in it start from. */
  readonly home: string;
  readonly host: Variables;
  readonly redactor: Redactor;
  readonly vault: Vault;
  readonly mirrorUrl: (id: string) => string;
  /** Where a server asks for tokens, and with which key. */
  readonly lend: (id: string) => { readonly url: string; readonly key: string };
  readonly walls: Walls;
  /** The hub's data folder. */
  readonly hubData: string;
  /** Folder of what was posted to a hook of a server. */
  readonly inbox: { folderOf(place: { readonly server: string; readonly hook: string }): string };
  /** Folder for the compiled code of built servers. */
  readonly compiledDir: string;
  readonly versions: VersionsAt;
  /** Makes the bundle of a built server if it is missing or old. */
  readonly ensureBundle: (directory: string) => Promise<void>;
}

/** With what the vault has for the one server. */
export interface Lookup extends ProgramOptions {
  readonly given: MemberSecrets;
}

/** A server's program, ready to be started. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly verify?: (() => Promise<void>) | undefined;
  readonly signed?: boolean | undefined;
  readonly environment: ServerEnvironment;
  readonly restart: ProcessSpec['restart'];
  readonly warm: boolean;
  readonly walled?: Walled | undefined;
}

/** Every text with its references resolved. Throws CONFIG_INVALID. */
export function resolveMembers(
  members: Readonly<Record<string, string>>,
  id: string,
  options: Lookup,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).map(([name, text]) => [name, resolveText(text, id, options)]),
  );
}

/** A text with its references resolved; values that look like secrets are never written down. Throws CONFIG_INVALID. */
export function resolveText(text: string, id: string, { host, redactor, given }: Lookup): string {
  for (const name of referencedVariables(text)) if (namesSecret(name)) redactor.add(host[name]);
  return resolveReferences(text, { env: host, secrets: given.values }, `The server ${id}`);
}

/** What every user of the machine can read is no place for a secret of the vault. */
export function resolveArgument(text: string, id: string, options: Lookup): string {
  const [name] = referencedSecrets(text);
  if (name !== undefined) throw hubError('CONFIG_SECRET_EXPOSED', { server: id, name });
  return resolveText(text, id, options);
}
