import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { CounterpartError, hubError } from '@counterpart/schemas';
import { parseTOML } from 'confbox/toml';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import {
  findMember,
  JsoncError,
  parseJsonc,
  plainValue,
  type JsonNode,
  type ObjectNode,
} from '../kernel/files/jsonc.ts';
import { isMembers, membersOf } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';

/** A configuration file as read: its text is what edits work on. */
export interface ConfigurationText {
  readonly file: string;
  /** Empty when there is no file. */
  readonly text: string;
  readonly exists: boolean;
  readonly root: ObjectNode;
}

const EMPTY: ObjectNode = { kind: 'object', start: 0, end: 0, members: [] };

export interface ReadRules {
  /** Comments and trailing commas are allowed. */
  readonly comments: boolean;
  /** What a file that cannot be read is; default: CLIENT_CONFIG_INVALID. */
  readonly code?: 'CLIENT_CONFIG_INVALID' | 'CONFIG_INVALID';
}

/** Reads a client's file or a hub.config.json. Throws the rules' code, with the place in the file. */
export function readConfiguration(file: string, rules: ReadRules): ConfigurationText {
  const code = rules.code ?? 'CLIENT_CONFIG_INVALID';
  const { text, exists } = readText(file, code);
  if (text.trim() === '') return { file, text, exists, root: EMPTY };
  const root = parse(file, text, { ...rules, code });
  if (root.kind !== 'object') throw hubError(code, { file, detail: 'its root is not an object' });
  return { file, text, exists, root };
}

/** A file that does not exist is empty. Throws `code` when it cannot be read. */
export function readText(
  file: string,
  code: Required<ReadRules>['code'] = 'CLIENT_CONFIG_INVALID',
): Pick<ConfigurationText, 'text' | 'exists'> {
  try {
    return existsSync(file)
      ? { text: readFileSync(file, 'utf8'), exists: true }
      : { text: '', exists: false };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw hubError(code, { file, detail }, { cause });
  }
}

function parse(file: string, text: string, { comments, code }: Required<ReadRules>): JsonNode {
  try {
    return parseJsonc(text, { strict: !comments });
  } catch (cause) {
    if (!(cause instanceof JsoncError)) throw cause;
    throw hubError(code, { file, detail: `not JSON: ${cause.message}` }, { cause });
  }
}

/**
 * What a client's file holds, in the format its name tells: TOML, YAML, or else JSON, which is read generously. Undefined when
 * there is no file. Throws CLIENT_CONFIG_INVALID with the place, in words that quote nothing of the file: it may hold secrets.
 */
export function readDocument(file: string): JsonMembers | undefined {
  if (!existsSync(file)) return undefined;
  switch (extname(file).toLowerCase()) {
    case '.toml':
      return readToml(file, readText(file).text);
    case '.yaml':
    case '.yml':
      return readYaml(file, readText(file).text);
    default:
      return membersOf(plainValue(readConfiguration(file, { comments: true }).root));
  }
}

function asMembers(file: string, document: unknown): JsonMembers {
  if (isMembers(document)) return document;
  throw hubError('CLIENT_CONFIG_INVALID', { file, detail: 'its root is not an object' });
}

/** Of the library's words only the first line is passed on, and no cause: the others quote the file. */
const TomlMistake = z.object({
  message: z.string().transform((words) => words.replace('Invalid TOML document: ', '').split('\n')[0]),
  line: z.int(),
  column: z.int(),
});

/** As `readDocument`, of a text that is there already. */
export function readToml(file: string, text: string): JsonMembers {
  try {
    return asMembers(file, parseTOML(text.replace(/^\uFEFF/, '')));
  } catch (thrown) {
    if (thrown instanceof CounterpartError) throw thrown;
    const { message, line, column } = TomlMistake.parse(thrown);
    const detail = `not TOML: ${message} at line ${line}, column ${column}`;
    throw hubError('CLIENT_CONFIG_INVALID', { file, detail });
  }
}

/** As `readDocument`, of a text that is there already. */
export function readYaml(file: string, text: string): JsonMembers {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const [mistake] = document.errors;
  if (mistake === undefined) return asMembers(file, document.toJS({ maxAliasCount: 100 }) ?? {});
  const { line, col } = lines.linePos(mistake.pos[0]);
  const detail = `not YAML: ${mistake.code} at line ${line}, column ${col}`;
  throw hubError('CLIENT_CONFIG_INVALID', { file, detail });
}

/** The object at `path`; undefined when nothing is there. Throws CLIENT_CONFIG_INVALID when something else is. */
export function objectAt(configuration: ConfigurationText, path: readonly string[]): ObjectNode | undefined {
  let object = configuration.root;
  for (const key of path) {
    const member = findMember(object, key);
    if (!member) return undefined;
    if (member.value.kind !== 'object') {
      const detail = `${path.join('.')} is not an object`;
      throw hubError('CLIENT_CONFIG_INVALID', { file: configuration.file, detail });
    }
    object = member.value;
  }
  return object;
}
