import { hubError } from '@counterpart/schemas';
import type { ChatItem, ChatPart, JsonMembers } from '../../../kernel/ports.ts';
import type { Dialect } from './dialects.ts';

type File = Extract<ChatPart, { readonly type: 'file' }>;

/** What a person could read in an editor. */
const TEXT = /^(?:text\/|application\/(?:.+\+)?(?:json|xml|yaml|x-yaml|toml|javascript|x-ndjson|sql)$)/;

const typeOf = ({ data }: File): string => /^data:([^;,]*)/.exec(data)?.[1]?.toLowerCase() ?? '';

function textIn(file: File): string | undefined {
  if (!TEXT.test(typeOf(file))) return undefined;
  const bytes = Buffer.from(file.data.slice(file.data.indexOf(',') + 1), 'base64');
  return bytes.toString('utf8');
}

/** A file as these providers take it: text is told in words, which every model reads. */
export function toFilePart(file: File, { files }: Pick<Dialect, 'files'>): JsonMembers {
  const text = textIn(file);
  if (text !== undefined)
    return { type: 'text', text: `[File ${file.filename ?? 'without a name'}]\n${text}` };
  if (files === 'document_url')
    return {
      type: 'document_url',
      document_url: file.data,
      ...(file.filename === undefined ? {} : { document_name: file.filename }),
    };
  return { type: 'file', file: { filename: file.filename ?? 'file', file_data: file.data } };
}

/** Throws MODEL_REFUSED for a file that a model of this dialect cannot be shown. */
export function assertFiles(
  items: readonly ChatItem[],
  { dialect, model }: { readonly dialect: Pick<Dialect, 'files'>; readonly model: string },
): void {
  if (dialect.files !== undefined) return;
  for (const item of items)
    for (const part of item.type === 'message' ? item.content : [])
      if (part.type === 'file' && textIn(part) === undefined)
        throw hubError('MODEL_REFUSED', {
          model,
          detail: `files of type ${typeOf(part)} cannot be shown to it (${part.filename ?? 'one without a name'})`,
        });
}
