/** What readers and mirrors share with the kit about XML and SOAP; the kit itself imports the files below it when it needs them. */
export {
  faultEnvelope,
  envelopeType,
  readEnvelope,
  toEnvelope,
  valueIn,
  type SoapFault,
} from './envelope.ts';
export { fromXml } from './values.ts';
export { attributeOf, elementsOf, parseXml, textOf, XmlProblem, type XmlElement } from '../xml/parse.ts';
