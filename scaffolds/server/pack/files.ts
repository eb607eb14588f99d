/** A file of an archive. */
export interface PackedFile {
  /** With `/` between folders. */
  readonly path: string;
  readonly content: Buffer;
  /** It can be run as a program. */
  readonly isProgram?: boolean;
}

/** A file of text. */
export const textFile = (path: string, text: string): PackedFile => ({ path, content: Buffer.from(text) });

/** The same file in a folder. */
export const within = (folder: string, file: PackedFile): PackedFile => ({
  ...file,
  path: `${folder}/${file.path}`,
});
