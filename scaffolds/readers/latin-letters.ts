/** Letters that are written for others where only those of English may stand; Unicode does not take them apart. */
const WRITTEN: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
};

/** A text with its Latin letters as English has them, `Größe` as `Grosse`; what is of another script stays. */
export const latinLetters = (text: string): string =>
  /^\p{ASCII}*$/u.test(text)
    ? text
    : text
        .normalize('NFKD')
        .replaceAll(/\p{M}/gu, '')
        .replaceAll(/\P{ASCII}/gu, (letter) => WRITTEN[letter] ?? letter);
