import { basename, dirname } from 'node:path';
import { latinLetters } from '@counterpart/scaffolds/readers/latin-letters';
import { ServerEntry, ServerId } from '@counterpart/schemas';
import { z } from 'zod';
import { isMembers, membersOf } from '../kernel/protocol/members.ts';
import { inKnownWords } from './known-words.ts';

/** A client's entry in the hub's terms. */
export type Translated =
  | {
      readonly kind: 'entry';
      readonly id: string;
      readonly entry: ServerEntry;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'unusable'; readonly id: string; readonly reason: string };

export interface EntrySource {
  /** The file it stands in: a project's folder is what `${workspaceFolder}` means. */
  readonly file: string;
  readonly homeDir: string;
}

/** What an entry says, in the words that most clients share; anything else in it has no meaning for the hub. */
const ClientEntry = z.object({
  type: z.string().optional(),
  command: z.string().min(1).optional(),
  args: z.array(z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  env: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean().transform(String), z.null()]))
    .optional(),
  envFile: z.string().optional(),
  cwd: z.string().optional(),
  url: z.string().min(1).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  disabled: z.boolean().optional(),
});
type ClientEntry = z.infer<typeof ClientEntry>;
const KNOWN = new Set(Object.keys(ClientEntry.shape));

/** Translates an entry of a client's configuration: names made legal, references rewritten, unknown members named. Pure. */
export function toHubEntry(name: string, value: unknown, source: EntrySource): Translated {
  const id = toId(name);
  const said = isMembers(value) ? inKnownWords(value) : value;
  const parsed = ClientEntry.safeParse(said);
  if (!parsed.success) return { kind: 'unusable', id, reason: firstIssue(parsed.error) };
  const notes: string[] =
    id === name ? [] : [`named ${id} here, because names are lower-case letters, digits and dashes`];
  const unknown = Object.keys(membersOf(said)).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) notes.push(`left out, because the hub has no such setting: ${unknown.join(', ')}`);
  const rewrite = rewriter(source, notes);
  const draft =
    parsed.data.command === undefined
      ? remoteDraft(parsed.data, rewrite)
      : commandDraft(parsed.data, rewrite);
  const entry = ServerEntry.safeParse({
    ...draft,
    ...(parsed.data.disabled === true ? { enabled: false } : {}),
  });
  if (!entry.success) return { kind: 'unusable', id, reason: 'it has neither a command nor a url' };
  return { kind: 'entry', id, entry: entry.data, notes };
}

type Rewrite = (text: string) => string;

function commandDraft(entry: ClientEntry, rewrite: Rewrite): Record<string, unknown> {
  return {
    command: rewrite(entry.command ?? ''),
    ...(entry.args ? { args: entry.args.map(rewrite) } : {}),
    ...(entry.env ? { env: mapText(entry.env, rewrite) } : {}),
    ...(entry.envFile ? { envFile: rewrite(entry.envFile) } : {}),
    ...(entry.cwd ? { cwd: rewrite(entry.cwd) } : {}),
  };
}

function remoteDraft(entry: ClientEntry, rewrite: Rewrite): Record<string, unknown> {
  if (entry.url === undefined) return {};
  return {
    type: entry.type === 'sse' ? 'sse' : 'http',
    url: rewrite(entry.url),
    ...(entry.headers ? { headers: mapText(entry.headers, rewrite) } : {}),
  };
}

function mapText(members: Readonly<Record<string, string | number | null>>, rewrite: Rewrite) {
  return Object.fromEntries(
    Object.entries(members).map(([key, value]) => [key, typeof value === 'string' ? rewrite(value) : value]),
  );
}

/** The folder a project's file belongs to; a user's own file belongs to none. */
function projectOf({ file, homeDir }: EntrySource): string | undefined {
  const folder = dirname(file);
  if (basename(file) === '.mcp.json') return folder;
  const project = dirname(folder);
  const ofProject = /^\.(?:cursor|vscode)$/.test(basename(folder)) && project !== homeDir;
  return ofProject ? project : undefined;
}

const REFERENCE = /\$\{([^}]*)\}/g;

/** References as OpenCode (`{env:NAME}`) and Gemini CLI (`$NAME`, where it is all there is) write them. */
const OTHER_REFERENCE = /(?<!\$)\{env:([A-Za-z_]\w*)\}|^\$([A-Za-z_]\w*)$/g;

const asShared = (text: string): string =>
  text.replace(OTHER_REFERENCE, (_, braced?: string, bare?: string) => `\${env:${braced ?? bare ?? ''}}`);

/** Clients write references in their own ways; the hub knows `${env:NAME}`, with a default after `:-`. */
function rewriter(source: EntrySource, notes: string[]): Rewrite {
  const folder = projectOf(source);
  const note = (text: string) => {
    if (!notes.includes(text)) notes.push(text);
  };
  return (text) =>
    asShared(text).replace(REFERENCE, (whole, inner: string) => {
      if (inner === 'userHome') return source.homeDir;
      if (inner === 'workspaceFolder') {
        if (folder !== undefined) return folder;
        note(`${whole} was the folder open in the client; write the one you mean instead`);
        return whole;
      }
      if (inner === 'pathSeparator' || inner === '/') return '/';
      const asked = /^input:(.+)$/.exec(inner)?.[1];
      if (asked !== undefined) {
        const variable = asked.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
        note(`set ${variable}: the client asked for it each time (\${input:${asked}})`);
        return `\${env:${variable}}`;
      }
      const shell = /^(?:env:)?([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inner);
      if (!shell) {
        note(`${whole} means nothing outside that client`);
        return whole;
      }
      return shell[2] === undefined ? `\${env:${shell[1]}}` : `\${env:${shell[1]}:-${shell[2]}}`;
    });
}

function toId(name: string): string {
  if (ServerId.safeParse(name).success) return name;
  const slug = latinLetters(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'server' : slug;
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return where === '' ? 'it is not an object' : `${where}: ${issue?.message ?? ''}`;
}
