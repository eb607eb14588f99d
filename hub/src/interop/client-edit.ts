import { isDeepStrictEqual } from 'node:util';
import { hubError, type Json } from '@counterpart/schemas';
import { stringifyTOML } from 'confbox/toml';
import { isSeq, parseDocument, type Document } from 'yaml';
import { objectAt, readConfiguration, readText, readToml, readYaml } from './client-file.ts';
import type { ClientFacts } from './clients.ts';
import { removeMember, setMember } from '../kernel/files/jsonc-edit.ts';
import { plainValue } from '../kernel/files/jsonc.ts';
import { isMembers, membersOf } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';

/** A client's file and its entry of one name; edits give the file's new text and leave all else in it as it is. */
export interface ClientEntry {
  readonly text: string;
  readonly exists: boolean;
  /** Undefined: there is none. */
  readonly entry: unknown;
  set(entry: Json): string;
  remove(): string;
}

/** Throws CLIENT_CONFIG_INVALID, with the place; an edit throws it where it would change anything else. */
export function openClientEntry(file: string, facts: ClientFacts, name: string): ClientEntry {
  switch (facts.format) {
    case 'json':
    case 'jsonc':
      return openJson(file, facts, name);
    case 'toml':
      return openToml(file, facts.key, name);
    case 'yaml':
      return openYaml(file, facts, name);
  }
}

function openJson(file: string, { format, key }: ClientFacts, name: string): ClientEntry {
  const configuration = readConfiguration(file, { comments: format === 'jsonc' });
  const { text, exists } = configuration;
  const member = objectAt(configuration, [key])?.members.findLast((each) => each.key === name);
  return {
    text,
    exists,
    entry: member && plainValue(member.value),
    set: (entry) => setMember(text, [key, name], entry),
    remove: () => removeMember(text, [key, name]),
  };
}

function openToml(file: string, key: string, name: string): ClientEntry {
  const { text, exists } = readText(file);
  const document = readToml(file, text);
  const servers = membersOf(document[key]);
  const edited = (entry: Json | undefined): string => {
    const { [name]: _, ...others } = servers;
    const written = writeTable(text, [key, name], entry);
    const wanted = { ...document, [key]: entry === undefined ? others : { ...others, [name]: entry } };
    // The text is edited by its lines: a table that is written in another way, such as in braces, is a person's to edit.
    if (isDeepStrictEqual(withoutEmpty(documentOf(written), key), withoutEmpty(wanted, key))) return written;
    const detail = `${key}.${name} is written in a way that cannot be edited without touching the rest; change it by hand`;
    throw hubError('CLIENT_CONFIG_INVALID', { file, detail });
  };
  return {
    text,
    exists,
    entry: servers[name],
    set: (entry) => edited(entry),
    remove: () => edited(undefined),
  };
}

/** Whether a table of tables has a heading of its own makes no difference. */
function withoutEmpty(document: JsonMembers, key: string): JsonMembers {
  const { [key]: table, ...rest } = document;
  return Object.keys(membersOf(table)).length === 0 ? rest : document;
}

const HEADING = /^\s*\[.*\]\s*(?:#.*)?$/;

/** The text with the table at `path` in place of the one that stood there, else at its end; undefined takes it out. */
function writeTable(text: string, [key, name]: readonly [string, string], entry: Json | undefined): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const isOwn = (line: string): boolean => HEADING.test(line) && name in membersOf(documentOf(line)[key]);
  const lines = text === '' ? [] : text.split(/\r?\n/);
  const from = lines.findIndex(isOwn);
  const next = lines.findIndex((line, at) => at > from && HEADING.test(line) && !isOwn(line));
  const end = next < 0 ? lines.length : next;
  const last = from < 0 ? -1 : lines.findLastIndex((line, at) => at < end && !/^\s*(?:#.*)?$/.test(line));
  const before = from < 0 ? trimmedEnd(lines) : lines.slice(0, from);
  const after = from < 0 ? [] : lines.slice(last + 1);
  if (entry === undefined)
    return [...(after.every(isBlank) ? trimmedEnd(before) : before), ...after].join(newline);
  const table = stringifyTOML({ [key]: { [name]: entry } })
    .split('\n')
    .slice(1);
  const gap = from < 0 && before.length > 0 ? [''] : [];
  return [...before, ...gap, ...trimmedEnd(table), ...(after.length === 0 ? [''] : after)].join(newline);
}

const isBlank = (line: string): boolean => line.trim() === '';

const trimmedEnd = (lines: readonly string[]): string[] =>
  lines.slice(0, lines.findLastIndex((line) => !isBlank(line)) + 1);

/** What a text, or one line of it, means; nothing where it means nothing by itself, as a part of a list or of words does. */
function documentOf(text: string): JsonMembers {
  try {
    return readToml('', text);
  } catch {
    return {};
  }
}

function openYaml(file: string, { key, isList }: ClientFacts, name: string): ClientEntry {
  const { text, exists } = readText(file);
  const servers = readYaml(file, text)[key] ?? (isList ? [] : {});
  if (isList ? !Array.isArray(servers) : !isMembers(servers))
    throw hubError('CLIENT_CONFIG_INVALID', {
      file,
      detail: `${key} is not ${isList ? 'a list' : 'an object'}`,
    });
  const at = Array.isArray(servers) ? servers.findIndex((each) => membersOf(each)['name'] === name) : -1;
  const place = [key, isList ? at : name];
  const edited = (edit: (document: Document) => void): string => {
    const document = parseDocument(text);
    edit(document);
    // Lists are written as they are, at the column of their key or behind it.
    const printed = document.toString({
      lineWidth: 0,
      indentSeq: !/^( *)[^\s#-].*:\s*\r?\n\1- /m.test(text),
    });
    return text.includes('\r\n') ? printed.replaceAll('\n', '\r\n') : printed;
  };
  return {
    text,
    exists,
    entry: Array.isArray(servers) ? servers[at] : membersOf(servers)[name],
    set: (entry) =>
      edited((document) => {
        if (!isList || at >= 0) document.setIn(place, entry);
        else if (isSeq(document.get(key))) document.addIn([key], entry);
        else document.set(key, [entry]);
      }),
    remove: () => edited((document) => void document.deleteIn(place)),
  };
}
