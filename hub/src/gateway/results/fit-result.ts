import { hubTools } from '../../kernel/tools/hub-tools.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import { layOut, pageOf } from './page.ts';

/** What one token is taken to be worth: English text and JSON have between three and five characters a token. */
export const CHARS_PER_TOKEN = 4;

/** Characters of images, sound and files in one result; what goes beyond is named, not sent. */
const MOST_BLOB_CHARS = 8 * 1024 * 1024;

/** Keeps a text and gives its handle; undefined when it is too large to be kept. */
export type Keep = (text: string) => string | undefined;

/**
 * A tool's result in at most so many characters of text; undefined when it fits as it is. What is left out can be read with
 * the handle that the result then names. Errors stay errors; `structuredContent` goes, since half of it would be another value.
 */
export function fitResult(result: JsonMembers, most: number, keep: Keep): JsonMembers | undefined {
  const blocks: readonly unknown[] = Array.isArray(result['content']) ? result['content'] : [];
  const texts = blocks.flatMap((block) => textOf(block) ?? []);
  const words = texts.reduce((sum, text) => sum + text.length, 0);
  const { structuredContent, ...rest } = result;
  const data = structuredContent === undefined ? '' : JSON.stringify(structuredContent);
  const others = withinBlobs(blocks.filter((block) => textOf(block) === undefined));
  if (Math.max(words, data.length) <= most && others.kept) return undefined;
  if (Math.max(words, data.length) <= most)
    return { ...result, content: [...texts.map(asBlock), ...others.blocks] };
  // Few words beside much data are said in full, and the data is what is cut.
  const isSummary = data !== '' && words <= most / 2;
  const whole = isSummary ? layOut(structuredContent) : documentOf(texts, structuredContent, data);
  const room = isSummary ? most - words : most;
  const shown = [...(isSummary ? texts : []), ...firstPage(whole, room, keep, data !== '')];
  return { ...rest, content: [...shown.map(asBlock), ...others.blocks] };
}

const asBlock = (text: string): JsonMembers => ({ type: 'text', text });

/** What a server calls something, which may be anything: a number that is kept as it came is no text to JavaScript. */
const nameOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** The text of a block, or of a file that is text. */
function textOf(block: unknown): string | undefined {
  if (!isMembers(block)) return undefined;
  const { text, resource } = block;
  if (typeof text === 'string') return text;
  if (!isMembers(resource) || typeof resource['text'] !== 'string') return undefined;
  return `${nameOf(resource['uri'])}:\n${resource['text']}`;
}

/** All texts, JSON among them in lines; and the data, when it is not what they say already. */
function documentOf(texts: readonly string[], structured: unknown, data: string): string {
  const read = texts.map((text) => ({ text, json: jsonOf(text) }));
  const said =
    data === '' || read.some(({ json }) => json !== undefined && JSON.stringify(json.value) === data);
  const laidOut = read.map(({ text, json }) => (json ? layOut(json.value) : text));
  return [...laidOut, ...(said ? [] : [`structuredContent:\n${layOut(structured)}`])].join('\n\n');
}

function jsonOf(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: parseExact(text) };
  } catch {
    return undefined;
  }
}

function firstPage(whole: string, room: number, keep: Keep, hadData: boolean): string[] {
  const { text, next } = pageOf(whole, 0, Math.max(room, 1));
  if (next === undefined) return [text];
  const id = keep(whole);
  const where = `[Cut: ${next} of ${whole.length} characters are shown${hadData ? ', structuredContent is left out' : ''}. `;
  const how =
    id === undefined
      ? 'The rest is too large to be kept: ask the tool for less.]'
      : `${hubTools.readResult} with {"id":"${id}","offset":${next}} reads on; with a query it searches the whole.]`;
  return [text, where + how];
}

function withinBlobs(blocks: readonly unknown[]): {
  readonly blocks: readonly unknown[];
  readonly kept: boolean;
} {
  let room = MOST_BLOB_CHARS;
  let kept = true;
  const within = blocks.map((block) => {
    const size = blobSize(block);
    room -= size;
    if (room >= 0 || size === 0) return block;
    kept = false;
    const type = isMembers(block) ? nameOf(block['type']) : 'block';
    return asBlock(`[Left out: ${type} of ${size} characters; one result may hold ${MOST_BLOB_CHARS}.]`);
  });
  return { blocks: within, kept };
}

function blobSize(block: unknown): number {
  if (!isMembers(block)) return 0;
  const { data, resource } = block;
  const blob = isMembers(resource) ? resource['blob'] : data;
  return typeof blob === 'string' ? blob.length : 0;
}
