import { z } from 'zod';

/** How a value is written as XML: OpenAPI's XML Object, followed through references, beside the schema it belongs to. */
export interface XmlShape {
  /** Of the element or attribute, where it is not the property's own name. */
  readonly name?: string | undefined;
  readonly prefix?: string | undefined;
  readonly namespace?: string | undefined;
  /** `attribute`: of the parent's element. `text`: the content of the parent's element. Absent: an element. */
  readonly node?: 'attribute' | 'text' | undefined;
  /** A list has an element around its items. */
  readonly wrapped?: boolean | undefined;
  /** Name of a shape in the form's `types`, which this one adds to. */
  readonly type?: string | undefined;
  /** By the property's name on the wire; those without a shape are elements of that name. */
  readonly properties?: Readonly<Record<string, XmlShape>> | undefined;
  readonly items?: XmlShape | undefined;
}

export const XmlShape: z.ZodType<XmlShape> = z.strictObject({
  name: z.string().optional(),
  prefix: z.string().optional(),
  namespace: z.string().optional(),
  node: z.enum(['attribute', 'text']).optional(),
  wrapped: z.boolean().optional(),
  type: z.string().optional(),
  properties: z
    .record(
      z.string(),
      z.lazy(() => XmlShape),
    )
    .optional(),
  items: z.lazy(() => XmlShape).optional(),
});

/** An XML document: its root element, and the shapes that are referred to. */
export const XmlForm = z.strictObject({
  root: XmlShape,
  types: z.record(z.string(), XmlShape).optional(),
});
export type XmlForm = z.infer<typeof XmlForm>;
