import type { Catalog, ToolCalls } from '../../kernel/ports.ts';

/** What the REST twin of the tools stands on. */
export interface ToolTwin {
  readonly catalog: Catalog;
  readonly calls: ToolCalls;
  /** Of the hub. */
  readonly version: string;
  /** Where this hub is reached. */
  readonly url: () => string;
}
