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
  /** Name of its type in the schema, `{namespace}name`, which encoded messages say with each value. */
  xsi: z.string().optional(),
  /** It is the wrapper of an encoded message (SOAP 1.1, section 5). */
  encoded: z.boolean().optional(),
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
  /** It is an encoded array of this type: its elements are items, whatever their names. */
  array: z.string().optional(),
});
export type SoapType = z.infer<typeof SoapType>;

/** An element inside the header of the envelope, and the member of the JSON that it carries. */
export const SoapHeader = z.strictObject({ ...SoapElement.shape, key: z.string() });
export type SoapHeader = z.infer<typeof SoapHeader>;

const QualifiedName = z.strictObject({ name: z.string(), ns: z.string() });

/** An element of the header that shows who calls; its texts are settings, and no argument of a call. */
export const SoapCredential = z.strictObject({
  ...QualifiedName.shape,
  /** Its texts in their order, each at the elements that lead to it; an empty path is the element's own text. */
  parts: z
    .array(
      z.strictObject({
        path: z.array(QualifiedName),
        /** Words that the variable's name ends with. */
        setting: z.string().min(1),
        required: z.boolean(),
        /** Of the innermost element, without namespaces. */
        attributes: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
});
export type SoapCredential = z.infer<typeof SoapCredential>;

export const SoapCall = z.strictObject({
  operation: z.string(),
  /** Value of the SOAPAction header, or of the `action` parameter in SOAP 1.2. */
  action: z.string(),
  /** The element inside the body; absent where the body is empty. */
  input: SoapElement.optional(),
  output: SoapElement.optional(),
  /** What a call may have in the envelope's header. */
  headers: z.array(SoapHeader).optional(),
});
export type SoapCall = z.infer<typeof SoapCall>;

export const SoapFacet = z.strictObject({
  version: z.enum(['1.1', '1.2']),
  /** Path that every envelope is sent to, with a slash before it. */
  path: z.string(),
  types: z.record(z.string(), SoapType),
});
export type SoapFacet = z.infer<typeof SoapFacet>;
