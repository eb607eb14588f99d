import { type Json, type JsonObject } from '@counterpart/schemas';
import { readContent, type Content } from '../har/entries/content.ts';
import { parsedJson } from '../har/entries/parse-json.ts';
import { isArray, member, objectMember, textMember } from '../openapi/source/json-tree.ts';
import { withPlaceholders, type Variables } from './saved/variables.ts';

/** Media types by the names that the editor of a body has for languages. */
export const RAW_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  text: 'text/plain',
  javascript: 'application/javascript',
};

/** The entries of a list of `key` and `value` that are switched on. */
export function entriesOf(
  list: Json | undefined,
): { readonly key: string; readonly value: string; readonly entry: Json }[] {
  return (isArray(list) ? list : []).flatMap((entry) => {
    const key = textMember(entry, 'key')?.trim();
    const value = member(entry, 'value');
    if (key === undefined || key === '' || member(entry, 'disabled') === true) return [];
    return [
      { key, value: typeof value === 'string' || typeof value === 'number' ? String(value) : '', entry },
    ];
  });
}

/** The body of a saved request; undefined where nothing is sent. */
export function bodyOf(
  body: JsonObject,
  contentType: string | undefined,
  variables: Variables,
): Content | undefined {
  const mode = textMember(body, 'mode') ?? '';
  if (member(body, 'disabled') === true) return undefined;
  if (mode === 'urlencoded' || mode === 'formdata') return formOf(mode, body, variables);
  if (mode === 'file') return { kind: 'binary', mediaType: contentType ?? 'application/octet-stream' };
  if (mode === 'graphql') return graphqlOf(objectMember(body, 'graphql'), variables);
  const raw = textMember(body, mode === '' ? 'raw' : mode);
  if (raw === undefined || raw.trim() === '') return undefined;
  const mimeType = contentType ?? languageOf(body, raw);
  const text = /json/i.test(mimeType) ? jsonText(raw, variables) : withPlaceholders(variables.resolve(raw));
  return readContent({ mimeType, text }, undefined);
}

function formOf(
  mode: 'urlencoded' | 'formdata',
  body: JsonObject,
  variables: Variables,
): Content | undefined {
  const params = entriesOf(body[mode]).map(({ key, value, entry }) => ({
    name: key,
    value: withPlaceholders(variables.resolve(value)),
    ...(textMember(entry, 'type') === 'file' ? { fileName: 'file' } : {}),
  }));
  const mimeType = mode === 'formdata' ? 'multipart/form-data' : 'application/x-www-form-urlencoded';
  return readContent({ mimeType, params }, undefined);
}

function graphqlOf(asked: JsonObject, variables: Variables): Content {
  const parsed = parsedJson(jsonText(textMember(asked, 'variables') ?? '', variables));
  const text = JSON.stringify({ query: textMember(asked, 'query') ?? '', variables: parsed ?? {} });
  return { kind: 'json', mediaType: 'application/json', text };
}

/** Where no header says it, the language that was chosen in the editor, or what the text looks like. */
function languageOf(body: JsonObject, raw: string): string {
  const language = textMember(objectMember(objectMember(body, 'options'), 'raw'), 'language') ?? '';
  return RAW_TYPES[language] ?? (language === '' && /^\s*[[{]/.test(raw) ? 'application/json' : 'text/plain');
}

/**
 * JSON as Postman takes it: comments go, a variable without a value stands for its name within a text, and for
 * nothing known (`null`) elsewhere.
 */
function jsonText(raw: string, variables: Variables): string {
  const bare = variables.resolve(
    raw.replaceAll(/"(?:[^"\\]|\\.)*"|\/\/.*$|\/\*[^]*?\*\//gm, (piece) =>
      piece.startsWith('"') ? piece : '',
    ),
  );
  if (!bare.includes('{{')) return bare;
  return bare.replaceAll(/"(?:[^"\\]|\\.)*"|\{\{[^{}]+\}\}/g, (piece) =>
    piece.startsWith('"') ? withPlaceholders(piece) : 'null',
  );
}
