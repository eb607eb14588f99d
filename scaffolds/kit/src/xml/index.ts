export { encodeXml } from './encode.ts';
export { elementsOf, parseXml, XmlProblem, type XmlElement } from './parse.ts';
export { resolvedShape, type ResolvedShape } from './shape.ts';
