/** Something of a server that is not offered, and why. */
export interface CatalogProblem {
  readonly server: string;
  readonly kind: 'tool' | 'prompt' | 'resource' | 'resourceTemplate';
  /** The server's own name of it. */
  readonly name: string;
  readonly code: 'NAME_COLLISION' | 'TOOL_INVALID';
  readonly detail: string;
}
