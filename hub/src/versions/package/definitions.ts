import { createHash } from 'node:crypto';
import { canonicalJson, type Manifest, type ToolDefinition } from '@counterpart/schemas';

/** `sha256-<hex>` of what a package says it is: its manifest and its tools, where it has a list of them. */
export function hashDefinitions(manifest: Manifest, tools: readonly ToolDefinition[] | undefined): string {
  const text = canonicalJson([manifest, tools ?? null]);
  return `sha256-${createHash('sha256').update(text).digest('hex')}`;
}
