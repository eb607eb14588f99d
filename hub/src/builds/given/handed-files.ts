import { hubError, MOST_HANDED_BYTES, type HandedFile } from '@counterpart/schemas';

export interface HandedContent {
  readonly name: string;
  readonly content: Buffer;
}

/** What a client handed in, as bytes. Throws INPUT_INVALID for a file without content, two of one name, and too much of all. */
export function readHanded(files: readonly HandedFile[]): HandedContent[] {
  const invalid = (detail: string) => hubError('INPUT_INVALID', { subject: 'files', detail });
  const names = new Set<string>();
  let bytes = 0;
  return files.map(({ name, text, base64 }) => {
    if ((text === undefined) === (base64 === undefined))
      throw invalid(`${name} needs its content, as text or as base64, and not both`);
    // Where the server is used, letters of either case may be the same file.
    if (names.has(name.toLowerCase())) throw invalid(`two files are called ${name}`);
    names.add(name.toLowerCase());
    const content = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
    bytes += content.length;
    if (bytes > MOST_HANDED_BYTES)
      throw invalid(
        `they are more than ${MOST_HANDED_BYTES} bytes: give a sample here, and the whole by path with \`hub build --with\``,
      );
    return { name, content };
  });
}
