import { CommandServer, HubConfig, hubError, RemoteServer } from '@counterpart/schemas';
import { z } from 'zod';
import { stripComments } from './comments.ts';
import {
  fillEditorVariables,
  isMembers,
  originalPath,
  translate,
  type Issue,
  type JsonMembers,
  type Translation,
} from './dialects.ts';
import { nearestName } from './nearest.ts';
import { describeSyntaxError, lineOf, type Path } from './places.ts';

export interface Decoded {
  readonly config: HubConfig;
  /** What was changed on the way that the file's author should know. */
  readonly notes: readonly string[];
}

/** A configuration from its text: JSON, in which comments and trailing commas are allowed. Throws CONFIG_INVALID. */
export const decodeConfig = (text: string, file: string): HubConfig => readConfig(text, file).config;

/** As `decodeConfig`, with notes. */
export function readConfig(text: string, file: string): Decoded {
  const json = stripComments(text);
  const translation = fillEditorVariables(translate(parseMembers(json, file)), file);
  const { issues, notes } = translation;
  const all = [...issues, ...schemaIssues(translation)];
  if (all.length > 0) throw hubError('CONFIG_INVALID', { file, detail: describe(all, json) });
  return { config: HubConfig.parse(translation.json), notes };
}

/** The object that JSON text, comments stripped, holds. Throws CONFIG_INVALID. */
export function parseMembers(json: string, file: string): JsonMembers {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    // The parser's own message quotes the text, which may hold secrets: neither words nor cause are kept.
    throw hubError('CONFIG_INVALID', { file, detail: describeSyntaxError(json, error) });
  }
  if (isMembers(value)) return value;
  throw hubError('CONFIG_INVALID', { file, detail: '✖ Invalid input: the file must hold one object, { … }' });
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
      const near = nearestName(key, knownKeys(schema, issue.path));
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

function describe(issues: readonly Issue[], json: string): string {
  return issues
    .map(({ message, path }) => {
      const line = lineOf(json, path);
      const place =
        path.length === 0 ? '' : `\n  → at ${path.join('.')}${line === undefined ? '' : `, line ${line}`}`;
      return `✖ ${message}${place}`;
    })
    .join('\n');
}
