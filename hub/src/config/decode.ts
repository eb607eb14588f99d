import { CommandServer, HubConfig, hubError, RemoteServer } from '@counterpart/schemas';
import { z } from 'zod';
import { aliasIssues, packagedAliasIssues, type PackagedTools } from './alias-issues.ts';
import {
  fillEditorVariables,
  originalPath,
  translate,
  type Issue,
  type Path,
  type Translation,
} from './dialects.ts';
import { JsoncError, nodeAt, parseJsonc, plainValue, type JsonNode } from '../kernel/files/jsonc.ts';
import { isMembers } from '../kernel/protocol/members.ts';
import { nearest } from '../kernel/nearest.ts';
import type { JsonMembers } from '../kernel/ports.ts';

export interface Decoded {
  readonly config: HubConfig;
  /** What was changed on the way that the file's author should know. */
  readonly notes: readonly string[];
}

/** A configuration from its text: JSON, in which comments and trailing commas are allowed. Throws CONFIG_INVALID. */
export const decodeConfig = (text: string, file: string): HubConfig => readConfig(text, file).config;

/** The tools of the servers folder under a configuration. */
export type ReadPackagedTools = (config: HubConfig) => PackagedTools;

/** As `decodeConfig`, with notes; aliases are also held against the packages in the servers folder, where that is given. */
export function readConfig(text: string, file: string, packaged?: ReadPackagedTools): Decoded {
  const { root, value } = parseMembers(text, file);
  const translation = fillEditorVariables(translate(value), file);
  const { issues, notes } = translation;
  const refuse = (found: readonly Issue[]): void => {
    if (found.length === 0) return;
    const detail = describe(found, (path) => lineOf(text, nodeAt(root, path)));
    throw hubError('CONFIG_INVALID', { file, detail });
  };
  refuse([...issues, ...schemaIssues(translation)]);
  const config = HubConfig.parse(translation.json);
  const { aliases } = config;
  // Folders are read only by who has aliases.
  const tools = Object.keys(aliases).length > 0 ? packaged?.(config) : undefined;
  refuse([...aliasIssues(aliases, root), ...(tools ? packagedAliasIssues(aliases, tools) : [])]);
  return { config, notes };
}

/** The object that JSON text holds, comments and trailing commas allowed, and where its members stand. Throws CONFIG_INVALID. */
export function parseMembers(text: string, file: string): { root: JsonNode; value: JsonMembers } {
  const root = parseText(text, file);
  const value = plainValue(root);
  if (isMembers(value)) return { root, value };
  throw hubError('CONFIG_INVALID', { file, detail: '✖ Invalid input: the file must hold one object, { … }' });
}

function parseText(text: string, file: string): JsonNode {
  try {
    return parseJsonc(text);
  } catch (error) {
    if (error instanceof JsoncError) throw hubError('CONFIG_INVALID', { file, detail: `✖ ${error.message}` });
    throw error;
  }
}

/** Servers are held against the one form they mean to be, because a union's issues name neither. */
function schemaIssues({ json, origins }: Translation): Issue[] {
  const { mcpServers, ...rest } = json;
  const found = check(HubConfig, rest, []);
  for (const [id, entry] of Object.entries(isMembers(mcpServers) ? mcpServers : {})) {
    const schema = isMembers(entry) && 'url' in entry && !('command' in entry) ? RemoteServer : CommandServer;
    found.push(...check(schema, entry, ['mcpServers', id]));
  }
  return found.map(({ message, path }) => ({ message, path: originalPath(path, origins) }));
}

function check(schema: z.ZodType, value: unknown, base: Path): Issue[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [{ message: issue.message, path }];
    return issue.keys.map((key) => {
      const near = nearest(key, knownKeys(schema, issue.path))[0];
      const hint = near === undefined ? '' : `; did you mean "${near}"?`;
      return { message: `Unrecognized key "${key}"${hint}`, path: [...path, key] };
    });
  });
}

/** Names of the members that the schema allows at a place. */
function knownKeys(schema: unknown, path: Path): string[] {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return knownKeys(schema.unwrap(), path);
  const [key, ...rest] = path;
  if (schema instanceof z.ZodRecord) return key === undefined ? [] : knownKeys(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return key === undefined ? Object.keys(schema.shape) : knownKeys(schema.shape[String(key)], rest);
}

function describe(issues: readonly Issue[], lineAt: (path: Path) => number | undefined): string {
  return issues
    .map(({ message, path }) => {
      const line = lineAt(path);
      const place =
        path.length === 0 ? '' : `\n  → at ${path.join('.')}${line === undefined ? '' : `, line ${line}`}`;
      return `✖ ${message}${place}`;
    })
    .join('\n');
}

/** From 1. */
const lineOf = (text: string, node: JsonNode | undefined): number | undefined =>
  node && text.slice(0, node.start).split('\n').length;
