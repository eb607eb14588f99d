import type { Json, SoapAttribute, SoapElement } from '@counterpart/schemas';
import type { Shape } from './simple-types.ts';

interface Field {
  element: SoapElement;
  json: Json;
  required: boolean;
}

/** What is inside a complex type, as far as it has been collected. */
export interface Content {
  readonly fields: Field[];
  readonly attributes: {
    readonly attribute: SoapAttribute;
    readonly json: Json;
    readonly required: boolean;
  }[];
  text?: Shape;
  /** Name of the items' type, of an encoded array. */
  array?: string;
  isOpen: boolean;
}

/** How often a part may stand, by all that is around it. */
export interface Occurrence {
  readonly optional: boolean;
  readonly many: boolean;
}

export const ONCE: Occurrence = { optional: false, many: false };
