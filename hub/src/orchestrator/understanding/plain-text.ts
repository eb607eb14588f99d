/** A text for comparing: lower case, without accents of Latin letters, with plain quotes and single blanks. */
export function plainText(text: string): string {
  return (
    text
      .normalize('NFD')
      // й and が are letters of their own: only Latin ones lose their accents.
      .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
      .normalize('NFC')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .replaceAll(/[’‘`´]/g, "'")
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** Its words only, one blank between two. */
export function plainWords(text: string): string {
  return plainText(text)
    .replace(/[^\p{L}\p{N}@]+/gu, ' ')
    .trim();
}
