/** What the reader of data files needs of XML; apart from the rest, so that nobody else loads a parser. */
export { textPieces } from './formats/text-pieces.ts';
export { XmlEvents, type Attributes, type XmlHandlers } from './formats/xml-events.ts';
export { XmlRecordBuilder } from './formats/xml.ts';
