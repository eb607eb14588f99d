import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { CatalogView } from '../ports.ts';

const MOST_SUGGESTIONS = 3;

/** How every surface answers a call of a tool that the view does not offer: why it is withheld, or names near to it. */
export function unknownTool(view: CatalogView, tool: string): CounterpartError {
  const withheld = view.withheld(tool);
  if (withheld) return withheld;
  const similar = view.similarTools(tool).slice(0, MOST_SUGGESTIONS);
  const suggestion = similar.length === 0 ? '' : `. Did you mean ${similar.join(', ')}?`;
  return hubError('TOOL_UNKNOWN', { tool, suggestion });
}
