import { hubError, type Json, type JsonObject } from '@counterpart/schemas';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import { parseDocument } from 'yaml';
import type { SourceText } from '../../source.ts';
import { yamlIntegers } from '../../yaml-integers.ts';
import { isObject, textMember } from './json-tree.ts';
import { MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_NODES } from './limits.ts';
import { createLineFinder } from './positions.ts';
import { nameOfOtherFormat } from './other-formats.ts';

/** Which rules for references, parameters and schemas a document was written under. */
export type Dialect = '2.0' | '3.0' | '3.1' | '3.2';

export interface Description {
  readonly root: JsonObject;
  readonly dialect: Dialect;
  /** As the blueprint names it: `openapi 3.0.3`, `swagger 2.0`. */
  readonly format: string;
  /** Worth telling, such as a version newer than this reader. */
  readonly notices: readonly string[];
  /** 1-based line of a pointer; undefined where it is not known or finding it would cost too much. */
  readonly lineOf: (pointer: string) => number | undefined;
  /** A pointer as the author would write it, with the file's name when it leads to another document. */
  readonly show?: (pointer: string) => string;
  /** Hash of all documents, when there are several; else that of the source. */
  readonly sha256?: string;
}

/** JSON that does not parse is tried as YAML (comments, trailing commas) up to this size; the YAML parser is slow on junk. */
const LENIENT_JSON_CHARS = 1_000_000;

/** Parses a description. Throws SOURCE_NOT_A_DESCRIPTION saying what was found instead. */
export function parseDescription(source: SourceText): Description {
  const refuse = (detail: string) =>
    hubError('SOURCE_NOT_A_DESCRIPTION', { source: source.location, detail });
  const text = source.text.startsWith('\uFEFF') ? source.text.slice(1) : source.text;
  if (text.trim() === '') throw refuse('it is empty');
  const isJson = /^\s*[[{]/.test(text);
  if (!isJson && !/^["']?(?:openapi|swagger)["']?\s*:/m.test(text)) {
    throw refuse(nameOfOtherFormat(text) ?? 'there is no `openapi` or `swagger` member at its root');
  }
  const parsed = parseText(text, isJson);
  if ('problem' in parsed) throw refuse(parsed.problem);
  const root = parsed.value;
  if (Array.isArray(root)) throw refuse(nameOfOtherFormat(text) ?? 'it is a list, not an object');
  if (!isObject(root)) throw refuse('it is not an object');
  const excess = excessOf(root);
  if (excess !== undefined) throw refuse(excess);
  const version = versionOf(root);
  if (version === undefined) throw refuse(nameOfOtherFormat(text) ?? otherMembers(root));
  return { root, ...version, lineOf: createLineFinder(text, isJson) };
}

/** Any JSON or YAML document with the count of its values; or what is wrong with it, in words. */
export function parseAnything(
  text: string,
): { readonly value: Json; readonly nodes: number } | { readonly problem: string } {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const parsed = parseText(plain, /^\s*[[{]/.test(plain));
  if ('problem' in parsed) return parsed;
  const counted = countOf(parsed.value);
  if ('excess' in counted) return { problem: counted.excess };
  return { value: asJson(parsed.value), nodes: counted.nodes };
}

type Parsed = { readonly value: unknown } | { readonly problem: string };

function parseText(text: string, isJson: boolean): Parsed {
  if (!isJson) return parseYaml(text);
  try {
    return { value: parseExactJson(text) };
  } catch (error) {
    const lenient = text.length <= LENIENT_JSON_CHARS ? parseYaml(text) : undefined;
    if (lenient !== undefined && 'value' in lenient && isObject(lenient.value)) return lenient;
    return { problem: `its JSON does not parse: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** What both parsers give is JSON by their own word; functions and the like cannot come from a text. */
const asJson = (value: unknown): Json => value as Json;

function parseYaml(text: string): Parsed {
  try {
    // The core schema keeps timestamps as text; aliases are bounded by the count of values afterwards.
    const document = parseDocument(text, {
      schema: 'core',
      merge: true,
      strict: false,
      uniqueKeys: false,
      logLevel: 'silent',
      customTags: yamlIntegers((whole) => whole),
    });
    const [error] = document.errors;
    if (error) return { problem: `its YAML does not parse: ${error.message.split('\n')[0] ?? ''}` };
    return { value: document.toJS({ maxAliasCount: -1 }) };
  } catch (error) {
    return { problem: `its YAML does not parse: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Says what is too much about a document; aliases count each time they are used, so that bombs and cycles are found. */
export function excessOf(root: unknown): string | undefined {
  const counted = countOf(root);
  return 'excess' in counted ? counted.excess : undefined;
}

function countOf(root: unknown): { readonly nodes: number } | { readonly excess: string } {
  const stack: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let nodes = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at.depth > MAX_DOCUMENT_DEPTH)
      return { excess: `it is nested more than ${MAX_DOCUMENT_DEPTH} levels deep` };
    const { value, depth } = at;
    if (typeof value !== 'object' || value === null) continue;
    for (const child of Object.values(value)) {
      nodes += 1;
      if (typeof child === 'object' && child !== null) stack.push({ value: child, depth: depth + 1 });
    }
    if (nodes > MAX_DOCUMENT_NODES)
      return { excess: `it holds more than ${MAX_DOCUMENT_NODES} values once its aliases are followed` };
  }
  return { nodes };
}

function versionOf(root: JsonObject): Pick<Description, 'dialect' | 'format' | 'notices'> | undefined {
  const openapi = versionText(root, 'openapi');
  if (openapi !== undefined) return openApiVersion(openapi);
  const swagger = versionText(root, 'swagger');
  if (swagger === undefined) return undefined;
  const notices = swagger.startsWith('2') ? [] : [`Swagger ${swagger} is read as 2.0.`];
  return { dialect: '2.0', format: `swagger ${swagger}`, notices };
}

function versionText(root: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(root, key) ? root[key] : undefined;
  // YAML reads `swagger: 2.0` without quotes as the number 2.
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : String(value);
  return textMember(root, key);
}

function openApiVersion(version: string): Pick<Description, 'dialect' | 'format' | 'notices'> {
  const format = `openapi ${version}`;
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === '2') return { dialect: '2.0', format, notices: [] };
  if (major === '3' && minor === '0') return { dialect: '3.0', format, notices: [] };
  if (major === '3' && minor === '1') return { dialect: '3.1', format, notices: [] };
  if (major === '3' && minor === '2') return { dialect: '3.2', format, notices: [] };
  return {
    dialect: '3.2',
    format,
    notices: [`OpenAPI ${version} is not known to this reader; it is read as 3.2.`],
  };
}

function otherMembers(root: JsonObject): string {
  const keys = Object.keys(root).slice(0, 5);
  if (keys.length === 0) return 'it is an empty object';
  return `there is no \`openapi\` or \`swagger\` member at its root, only ${keys.map((key) => `\`${key.slice(0, 40)}\``).join(', ')}`;
}
