import { toCounterpartError } from '@counterpart/schemas';
import { isMembers } from '../../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../../kernel/ports.ts';

/** Characters that are counted as a token. */
const TOKEN_CHARS = 4;

/** A tool's result as text for a model, in at most so many tokens. */
export function resultText(result: JsonMembers, mostTokens: number): string {
  const { content, structuredContent } = result;
  const texts = Array.isArray(content) ? content.map(textOf).filter((text) => text !== '') : [];
  const whole =
    texts.length > 0
      ? texts.join('\n')
      : structuredContent === undefined
        ? ''
        : JSON.stringify(structuredContent);
  return cutTo(whole === '' ? 'Done; the tool gave no content.' : whole, mostTokens);
}

/** What a model is told of a call that was not answered, with what it can do next. */
export function failureText(thrown: unknown): string {
  // A server's own error speaks for itself.
  if (thrown instanceof Error && thrown.name === 'RpcFailure') return `Error: ${thrown.message}`;
  return `Error: ${toCounterpartError(thrown).words}`;
}

function textOf(item: unknown): string {
  if (!isMembers(item)) return '';
  const { type, text, mimeType, uri, resource } = item;
  if (type === 'text' && typeof text === 'string') return text;
  if (type === 'resource' && isMembers(resource))
    return typeof resource['text'] === 'string' ? resource['text'] : `[resource ${String(resource['uri'])}]`;
  if (type === 'resource_link') return `[resource ${String(uri)}]`;
  return typeof type === 'string' ? `[${type}${typeof mimeType === 'string' ? ` ${mimeType}` : ''}]` : '';
}

function cutTo(text: string, mostTokens: number): string {
  const most = mostTokens * TOKEN_CHARS;
  if (text.length <= most) return text;
  return `${text.slice(0, most)}\n[Cut here: ${most} of ${text.length} characters. Ask for less: a page, a limit, fields.]`;
}
