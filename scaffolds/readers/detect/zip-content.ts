const ENTRY = 'PK\x03\x04';
const NAME_LENGTH = 26;
const NAME = 30;
const EXTRA_LENGTH = 28;

const word = (latin1: string, at: number): number =>
  latin1.charCodeAt(at) + latin1.charCodeAt(at + 1) * 256 || 0;

/** Which member of an archive tells what the archive is (ECMA-376, OpenDocument, EPUB, JAR). */
const MEMBERS: readonly (readonly [format: string, name: RegExp])[] = [
  ['xlsx', /^xl\//],
  ['docx', /^word\//],
  ['pptx', /^ppt\//],
  ['apk', /^AndroidManifest\.xml$/],
  ['jar', /^META-INF\/MANIFEST\.MF$/],
];

/** Formats that store their media type first, uncompressed, in a member named `mimetype`. */
const TYPES: readonly (readonly [format: string, mediaType: string])[] = [
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['epub', 'application/epub+zip'],
];

/** What a ZIP archive is by the names of its first members: one of the formats made of ZIP, or `zip`. */
export function zipContent(latin1: string): string | undefined {
  if (!latin1.startsWith(ENTRY)) return latin1.startsWith('PK\x05\x06') ? 'zip' : undefined;
  for (let at = 0; at !== -1; at = latin1.indexOf(ENTRY, at + NAME)) {
    const name = latin1.slice(at + NAME, at + NAME + word(latin1, at + NAME_LENGTH));
    const found = MEMBERS.find(([, pattern]) => pattern.test(name));
    if (found !== undefined) return found[0];
    if (name !== 'mimetype') continue;
    const start = at + NAME + name.length + word(latin1, at + EXTRA_LENGTH);
    const typed = TYPES.find(([, mediaType]) => latin1.startsWith(mediaType, start));
    if (typed !== undefined) return typed[0];
  }
  return 'zip';
}
