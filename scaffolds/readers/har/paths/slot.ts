/** One piece of a template: fixed text, or a parameter with the fixed text around it. */
export type Slot =
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'parameter'; readonly before: string; readonly after: string };
