import type { PromptTemplate, ToolDefinition } from '@counterpart/schemas';

/** What there is in the hub, as far as flows refer to it. */
export interface World {
  /** `unlisted`: its server may know it, and says nothing of it; undefined: nobody does. */
  tool(name: string): ToolDefinition | 'unlisted' | undefined;
  readonly toolNames: readonly string[];
  /** Undefined for one that cannot be used. */
  readonly templates: ReadonlyMap<string, PromptTemplate | undefined>;
  /** Why this model cannot be asked; undefined: it can. */
  modelProblem(name: string): { readonly message: string; readonly isSure: boolean } | undefined;
}
