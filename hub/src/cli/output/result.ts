import { isSameJson } from '@counterpart/schemas/json';
import { exactText, parseExact } from '../../kernel/protocol/exact-numbers.ts';
import type { Paint } from './text/paint.ts';

/** A call's result for a person: structured content if there is any, and what stands beside it; else the content's parts. */
export function renderResult(result: Readonly<Record<string, unknown>>, paint: Paint): string {
  const structured = result['structuredContent'];
  const content: readonly unknown[] = Array.isArray(result['content']) ? result['content'] : [];
  if (result['isError'] !== true && structured !== undefined)
    return [renderValue(structured, paint), ...besides(structured, content, paint)].join('\n');
  const parts = content.map((part) => renderPart(part, paint));
  if (parts.length > 0) return parts.join('\n');
  return structured === undefined ? paint.faint('(no content)') : renderValue(structured, paint);
}

/** Where the first part is the structured content in JSON, others say more: how to go on, what was cut, pictures. */
function besides(structured: unknown, [first, ...others]: readonly unknown[], paint: Paint): string[] {
  const text = isRecord(first) ? first['text'] : undefined;
  if (others.length === 0 || typeof text !== 'string') return [];
  const said = jsonIn(text);
  const isSame =
    isSameJson(said, structured) || (isRecord(structured) && isSameJson(said, structured['result']));
  return isSame ? ['', ...others.map((part) => renderPart(part, paint))] : [];
}

function jsonIn(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function renderPart(part: unknown, paint: Paint): string {
  if (!isRecord(part)) return renderValue(part, paint);
  const { text, type, data } = part;
  const mimeType = typeof part['mimeType'] === 'string' ? part['mimeType'] : '';
  const uri = typeof part['uri'] === 'string' ? part['uri'] : '';
  if (type === 'text' && typeof text === 'string') return renderText(text, paint);
  if (typeof data === 'string')
    return paint.faint(
      `(${String(type)}, ${mimeType}, ${Math.floor((data.length * 3) / 4)} bytes; --json prints it)`,
    );
  if (type === 'resource_link') return `${paint.code(uri)} ${paint.faint(mimeType)}`;
  return renderValue(part, paint);
}

/** Text that is JSON is laid out like structured content. */
function renderText(text: string, paint: Paint): string {
  const value = /^\s*[{[]/.test(text) ? jsonIn(text) : undefined;
  return value === undefined ? text : renderValue(value, paint);
}

/** Any JSON value in the manner of YAML: keys in colour, texts without quotes where nothing is lost. */
function renderValue(value: unknown, paint: Paint, indent = ''): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : value.map((item) => renderItem(item, paint, indent)).join('\n');
  if (!isRecord(value)) return renderScalar(value, paint, indent);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return entries
    .map(([key, member]) => {
      const head = `${indent}${paint.code(key)}:`;
      return isNested(member)
        ? `${head}\n${renderValue(member, paint, `${indent}  `)}`
        : `${head} ${inline(member, paint, indent)}`;
    })
    .join('\n');
}

function renderItem(item: unknown, paint: Paint, indent: string): string {
  if (!isNested(item)) return `${indent}- ${inline(item, paint, indent)}`;
  return `${indent}- ${renderValue(item, paint, `${indent}  `).slice(indent.length + 2)}`;
}

const inline = (value: unknown, paint: Paint, indent: string): string =>
  Array.isArray(value) ? '[]' : isRecord(value) ? '{}' : renderScalar(value, paint, indent);

const isNested = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : isRecord(value) && Object.keys(value).length > 0;

function renderScalar(value: unknown, paint: Paint, indent: string): string {
  if (typeof value !== 'string') return paint.warn(exactText(value) ?? String(value));
  if (value.includes('\n')) return `|\n${indent}  ${value.trimEnd().replaceAll('\n', `\n${indent}  `)}`;
  if (value === '' || /^(?:true|false|null|-?\d[\d.]*)$/.test(value) || value.trim() !== value)
    return JSON.stringify(value);
  return value;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && exactText(value) === undefined;
