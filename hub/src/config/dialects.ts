import { homedir } from 'node:os';
import { basename, dirname, resolve, sep } from 'node:path';
import { HUB_ID, OwnServerId } from '@counterpart/schemas';
import { isMembers } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';

export type Path = readonly PropertyKey[];

export interface Issue {
  readonly message: string;
  /** Where it stands in the file as it was written. */
  readonly path: Path;
}

/** The file in our own form. */
export interface Translation {
  readonly json: JsonMembers;
  /** Place of each server in the file as it was written, by its id. */
  readonly origins: ReadonlyMap<string, Path>;
  readonly issues: readonly Issue[];
  /** What was changed on the way that its author should know. */
  readonly notes: readonly string[];
}

/** Members that belong to the program a block was copied from; without meaning here. */
const FOREIGN_MEMBERS = [
  'dev',
  'gallery',
  'version',
  'autoApprove',
  'alwaysAllow',
  'globalShortcut',
  'preferences',
  'isUsingBuiltInNodeForMcp',
  'isDxtAutoUpdatesEnabled',
];

/**
 * Brings what Claude Desktop, Cursor and VS Code call a configuration into our form: `servers` becomes `mcpServers`, names
 * become legal ids, `disabled` becomes `enabled`. A second translation changes nothing. Pure.
 */
export function translate(raw: JsonMembers): Translation {
  const { mcpServers, servers, inputs: _, ...rest } = unwrapEditorSettings(raw);
  const issues: Issue[] = [];
  const notes: string[] = [];
  const origins = new Map<string, Path>();
  const entries: JsonMembers = {};
  for (const [block, value] of Object.entries({ mcpServers, servers })) {
    if (value === undefined) continue;
    if (!isMembers(value)) {
      issues.push({ message: 'Invalid input: expected an object of servers', path: [block] });
      continue;
    }
    for (const [name, entry] of Object.entries(value)) {
      const id = toServerId(name);
      const path = [block, name];
      const first = origins.get(id);
      if (first) {
        const message = `The names "${String(first.at(-1))}" and "${name}" both become the id "${id}"; rename one`;
        issues.push({ message, path });
        continue;
      }
      if (id !== name)
        notes.push(
          `The server "${name}" is named "${id}" here: ids are lower-case letters, digits and dashes.`,
        );
      origins.set(id, path);
      entries[id] = isMembers(entry) ? translateEntry(entry) : entry;
    }
  }
  const named = mcpServers === undefined && servers === undefined ? {} : { mcpServers: entries };
  return { json: { ...rest, ...named }, origins, issues, notes };
}

/**
 * Gives variables of an editor their values: `${workspaceFolder}` is the folder of the file. What only an editor can ask for,
 * such as `${input:token}`, becomes an issue. References to the environment stay.
 */
export function fillEditorVariables(translation: Translation, file: string): Translation {
  const { json, origins } = translation;
  const issues = [...translation.issues];
  const filled = fillVariables(json, { folder: dirname(resolve(file)), issues, origins }, []);
  return { ...translation, json: isMembers(filled) ? filled : json, issues };
}

/** VS Code's user settings hold the block under `mcp`. */
function unwrapEditorSettings(raw: JsonMembers): JsonMembers {
  const { mcp, ...rest } = raw;
  return isMembers(mcp) && isMembers(mcp['servers']) ? { ...rest, ...mcp } : raw;
}

/** A legal id made from any name; the same name always gives the same id. */
export function toServerId(name: string): string {
  if (OwnServerId.safeParse(name).success) return name;
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 33)
    .replace(/^-/, '')
    .slice(0, 32)
    .replace(/-$/, '');
  return slug === '' ? 'server' : slug === HUB_ID ? `${slug}-server` : slug;
}

function translateEntry(entry: JsonMembers): JsonMembers {
  const { disabled, serverUrl, ...rest } = entry;
  const own = Object.fromEntries(Object.entries(rest).filter(([name]) => !FOREIGN_MEMBERS.includes(name)));
  return {
    ...own,
    ...(serverUrl === undefined || 'url' in own ? {} : { url: serverUrl }),
    ...(typeof disabled === 'boolean' && !('enabled' in own) ? { enabled: !disabled } : {}),
  };
}

interface Filling {
  readonly folder: string;
  readonly issues: Issue[];
  readonly origins: ReadonlyMap<string, Path>;
}

function fillVariables(value: unknown, filling: Filling, path: Path): unknown {
  if (typeof value === 'string') return fillText(value, filling, path);
  if (Array.isArray(value)) return value.map((item, index) => fillVariables(item, filling, [...path, index]));
  if (!isMembers(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    fillVariables(member, filling, [...path, key]),
  ]);
  return Object.fromEntries(members);
}

function fillText(text: string, { folder, issues, origins }: Filling, path: Path): string {
  return text.replaceAll(/\$\{([^{}]*)\}/g, (whole: string, name: string) => {
    const value = editorVariable(name, folder);
    if (value !== undefined) return value;
    const foreign = /^(input|command|config):(.*)$/.exec(name);
    if (foreign) {
      const variable = (foreign[2] ?? '').replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();
      const message = `${whole} is asked for by an editor, which a hub has none of; write \${env:${variable}} and set that variable`;
      issues.push({ message, path: originalPath(path, origins) });
    }
    return whole;
  });
}

function editorVariable(name: string, folder: string): string | undefined {
  switch (name) {
    case 'workspaceFolder':
      return folder;
    case 'workspaceFolderBasename':
      return basename(folder);
    case 'userHome':
      return homedir();
    case 'pathSeparator':
    case '/':
      return sep;
    default:
      return undefined;
  }
}

/** The path in the file of a path in our form. */
export function originalPath(path: Path, origins: ReadonlyMap<string, Path>): Path {
  const [block, id, ...rest] = path;
  const origin = block === 'mcpServers' ? origins.get(String(id)) : undefined;
  return origin ? [...origin, ...rest] : path;
}
