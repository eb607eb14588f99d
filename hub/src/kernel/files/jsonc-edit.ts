import { isSameJson, type Json } from '@counterpart/schemas';
import { findMember, JsoncError, parseJsonc, skipTrivia, type ObjectNode } from './jsonc.ts';

/** How the file is laid out, so that an insertion looks like what stands around it. */
interface Layout {
  readonly indent: string;
  readonly newline: '\n' | '\r\n';
}

/** Sets `path` to `value`, making objects on the way; every other byte stays. Throws JsoncError. */
export function setMember(text: string, path: readonly [string, ...string[]], value: Json): string {
  const source = skipTrivia(text, 0) >= text.length ? `${text}{}\n` : text;
  const layout = detectLayout(source);
  let object = rootObject(source);
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth + 1);
    const member = findMember(object, key);
    if (!member)
      return insertMember(source, object, { key, value: nest(rest, value) }, { layout, depth: depth + 1 });
    if (rest.length === 0 || member.value.kind !== 'object')
      return splice(
        source,
        member.value.start,
        member.value.end,
        print(nest(rest, value), layout, depth + 1),
      );
    object = member.value;
  }
  return source;
}

/** Removes the member at `path` with its line; a path that leads nowhere leaves the text as it is. Throws JsoncError. */
export function removeMember(text: string, path: readonly [string, ...string[]]): string {
  let object = rootObject(text);
  for (const key of path.slice(0, -1)) {
    const member = findMember(object, key);
    if (member?.value.kind !== 'object') return text;
    object = member.value;
  }
  const index = object.members.findLastIndex((member) => member.key === path.at(-1));
  return index < 0 ? text : cutMember(text, object, index);
}

type Members = Readonly<Record<string, Json>>;

/** Edits a text that means `before` until it means `after`: members that differ are replaced, every other byte stays. Throws JsoncError. */
export function rewriteMembers(text: string, before: Members, after: Members): string {
  return changesBetween(before, after, []).reduce(
    (edited, { path, value }) =>
      value === undefined ? removeAll(edited, path) : setMember(edited, path, value),
    text,
  );
}

/** A member that stands there twice is read as its last: the one before must not come back in its place. */
function removeAll(text: string, path: Change['path']): string {
  const without = removeMember(text, path);
  return without === text ? text : removeAll(without, path);
}

interface Change {
  readonly path: readonly [string, ...string[]];
  /** Undefined: it is gone. */
  readonly value: Json | undefined;
}

function changesBetween(before: Members, after: Members, parents: readonly string[]): Change[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key): Change[] => {
    const [was, is] = [before[key], after[key]];
    const path = pathTo(parents, key);
    if (was !== undefined && is !== undefined && isSameJson(was, is)) return [];
    return isMembers(was) && isMembers(is) ? changesBetween(was, is, path) : [{ path, value: is }];
  });
}

const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function pathTo(parents: readonly string[], key: string): [string, ...string[]] {
  const [first, ...rest] = parents;
  return first === undefined ? [key] : [first, ...rest, key];
}

function rootObject(text: string): ObjectNode {
  const root = parseJsonc(text);
  if (root.kind !== 'object') throw new JsoncError('an object is needed', text, root.start);
  return root;
}

const nest = (keys: readonly string[], value: Json): Json =>
  keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);

const splice = (text: string, start: number, end: number, middle: string): string =>
  text.slice(0, start) + middle + text.slice(end);

/** The first indented line tells; two blanks when there is none. */
function detectLayout(text: string): Layout {
  const indent = /\n([ \t]+)["/]/.exec(text)?.[1] ?? '  ';
  return { indent, newline: text.includes('\r\n') ? '\r\n' : '\n' };
}

function print(value: Json, layout: Layout, depth: number): string {
  const printed = JSON.stringify(value, undefined, layout.indent);
  return printed.replaceAll('\n', layout.newline + layout.indent.repeat(depth));
}

/** In one row, with the blanks a person writes. */
function printRow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(printRow).join(', ')}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${printRow(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function insertMember(
  text: string,
  object: ObjectNode,
  member: { readonly key: string; readonly value: Json },
  place: { readonly layout: Layout; readonly depth: number },
): string {
  const { layout, depth } = place;
  const oneLine = object.members.length > 0 && !text.slice(object.start, object.end).includes('\n');
  const value = oneLine ? printRow(member.value) : print(member.value, layout, depth);
  const printed = `${JSON.stringify(member.key)}: ${value}`;
  const pad = layout.newline + layout.indent.repeat(depth);
  const closing = object.end - 1;
  const last = object.members.at(-1);
  if (!last) {
    const comments = text.slice(object.start + 1, closing).trimEnd();
    const outdent = layout.newline + layout.indent.repeat(depth - 1);
    return splice(text, object.start + 1, closing, comments + pad + printed + outdent);
  }
  const comma = commaAfter(text, last.end);
  const afterComma = comma ?? last.end;
  const rowEnd = endOfRow(text, afterComma, closing);
  const head = text.slice(0, last.end) + (comma === undefined ? ',' : '') + text.slice(last.end, rowEnd);
  return head + (oneLine ? ' ' : pad) + printed + text.slice(rowEnd);
}

/** Just after the comma that follows, if one does. */
function commaAfter(text: string, from: number): number | undefined {
  const next = skipTrivia(text, from);
  return text[next] === ',' ? next + 1 : undefined;
}

const ROW_REST = /(?:[ \t]|\/\*[^\n]*?\*\/)*(?:\/\/[^\r\n]*)?/y;

/** The end of the comments that stand in the same row: they belong to the member before them. */
function endOfRow(text: string, from: number, limit: number): number {
  ROW_REST.lastIndex = from;
  const rest = ROW_REST.exec(text)?.[0] ?? '';
  return Math.min(from + rest.trimEnd().length, limit);
}

function cutMember(text: string, object: ObjectNode, index: number): string {
  const member = object.members[index];
  if (!member) return text;
  const comma = commaAfter(text, member.end);
  const isLast = index === object.members.length - 1;
  const before = object.members[index - 1];
  const lineStart = text.lastIndexOf('\n', member.start);
  const ownLine = lineStart >= object.start && text.slice(lineStart, member.start).trim() === '';
  const blanks = ownLine ? lineStart - (text[lineStart - 1] === '\r' ? 1 : 0) : member.start;
  const end = ownLine ? endOfRow(text, comma ?? member.end, object.end - 1) : (comma ?? member.end);
  const cut = splice(text, blanks, end, '');
  if (!before)
    return isLast &&
      cut
        .slice(object.start + 1)
        .trimStart()
        .startsWith('}')
      ? closeEmpty(cut, object)
      : cut;
  // The member before becomes the last one: its comma goes too, unless this object ended in a comma all along.
  const beforeComma = isLast && comma === undefined ? commaAfter(text, before.end) : undefined;
  return beforeComma === undefined ? cut : splice(cut, beforeComma - 1, beforeComma, '');
}

/** An object that lost its only member is written `{}`. */
function closeEmpty(text: string, object: ObjectNode): string {
  const brace = skipTrivia(text, object.start + 1);
  return splice(text, object.start + 1, brace, '');
}
