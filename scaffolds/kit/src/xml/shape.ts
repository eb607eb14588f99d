import type { XmlForm, XmlShape } from '@counterpart/schemas';

/** A shape with what it refers to taken in. */
export type ResolvedShape = Omit<XmlShape, 'type'>;

const PLAIN: ResolvedShape = {};
/** References that only lead to each other end here. */
const MOST_HOPS = 16;

/** A shape as a whole: its own members before those of the type it refers to. */
export function resolvedShape(shape: XmlShape | undefined, { types = {} }: XmlForm): ResolvedShape {
  if (shape === undefined) return PLAIN;
  let whole: XmlShape = shape;
  for (let hop = 0; whole.type !== undefined && hop < MOST_HOPS; hop += 1) {
    const { type, ...own }: XmlShape = whole;
    const base: XmlShape = Object.hasOwn(types, type) ? (types[type] ?? {}) : {};
    const properties = { ...base.properties, ...own.properties };
    whole = { ...base, ...own, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
    if (base.type === undefined) return whole;
    whole = { ...whole, type: base.type };
  }
  return whole;
}

/** The element around the items of a root that is a list and has no name of its own. */
export const USUAL_LIST_NAME = 'items';
/** An element whose name nothing tells. */
export const USUAL_NAME = 'item';
