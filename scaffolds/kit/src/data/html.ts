/** What the reader of data files needs of HTML; apart from the rest, so that nobody else loads a parser. */
export { tableRows } from './formats/html/html.ts';
