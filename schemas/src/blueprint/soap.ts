import { z } from 'zod';

/**
 * Facets of a SOAP service: which element stands for what. `http` of its operations is the call as the mirror's engine
 * reads it, a POST of JSON to `/<operation>`; on the wire every call is an envelope to the one path of the facet.
 */

/** The name of a type of the facet, or a scalar: `:string`, `:number`, `:boolean`, and `:any` for whatever stands there. */
const SoapTypeName = z.string();

/** An element, and the member of the JSON that it carries. */
export const SoapElement = z.strictObject({
  /** Local name, and the key of the JSON. */
  name: z.string(),
  /** Namespace; empty for none. */
  ns: z.string(),
  type: SoapTypeName,
  /** It may stand several times and is a list in JSON. */
  many: z.boolean().optional(),
  /** Null is told by `xsi:nil`. */
  nillable: z.boolean().optional(),
});
export type SoapElement = z.infer<typeof SoapElement>;

export const SoapAttribute = z.strictObject({
  name: z.string(),
  ns: z.string(),
  type: SoapTypeName,
  /** Key of the JSON where an element has the name of the attribute. */
  key: z.string().optional(),
});
export type SoapAttribute = z.infer<typeof SoapAttribute>;

/** Content of an element: child elements in their order, or text under the key `value`. */
export const SoapType = z.strictObject({
  elements: z.array(SoapElement),
  attributes: z.array(SoapAttribute).optional(),
  /** Type of the text, for an element that has text and attributes. */
  text: SoapTypeName.optional(),
});
export type SoapType = z.infer<typeof SoapType>;

export const SoapCall = z.strictObject({
  operation: z.string(),
  /** Value of the SOAPAction header, or of the `action` parameter in SOAP 1.2. */
  action: z.string(),
  /** The element inside the body; absent where the body is empty. */
  input: SoapElement.optional(),
  output: SoapElement.optional(),
});
export type SoapCall = z.infer<typeof SoapCall>;

export const SoapFacet = z.strictObject({
  version: z.enum(['1.1', '1.2']),
  /** Path that every envelope is sent to, with a slash before it. */
  path: z.string(),
  types: z.record(z.string(), SoapType),
});
export type SoapFacet = z.infer<typeof SoapFacet>;
