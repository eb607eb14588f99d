/** Where inside a schema the normaliser is. */
export interface Inner {
  readonly depth: number;
  /** Properties hidden by a schema around this one, so that `required` here must not name them. */
  readonly hidden: ReadonlySet<string>;
}
