import { existsSync, readFileSync } from 'node:fs';
import { hubError } from '@counterpart/schemas';
import { findMember, JsoncError, parseJsonc, type JsonNode, type ObjectNode } from '../kernel/files/jsonc.ts';

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
  const exists = existsSync(file);
  const text = exists ? readText(file, code) : '';
  if (text.trim() === '') return { file, text, exists, root: EMPTY };
  const root = parse(file, text, { ...rules, code });
  if (root.kind !== 'object') throw hubError(code, { file, detail: 'its root is not an object' });
  return { file, text, exists, root };
}

function readText(file: string, code: Required<ReadRules>['code']): string {
  try {
    return readFileSync(file, 'utf8');
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
    throw hubError(code, { file, detail: cause.message }, { cause });
  }
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
