import type { Json } from '@counterpart/schemas';
import { isObject, member, textMember } from '../source/json-tree.ts';

/** Extensions in which authors say how an operation looks as a tool. */
const TOOL_HINTS = ['x-mcp', 'x-speakeasy-mcp', 'x-gram', 'x-frontmcp', 'x-mcp-tool'];
const NAME_HINTS = ['x-mcp-tool-name', 'x-tool-name', 'x-mcp-name', 'x-speakeasy-name-override'];

/** What an author says of the tool that an operation is to become; undefined when nothing is said. */
export function hintOf(operation: Json, what: 'name' | 'title' | 'description'): string | undefined {
  const told = TOOL_HINTS.map((key) => member(operation, key))
    .filter(isObject)
    .map((hint) => textMember(hint, what));
  const named = what === 'name' ? NAME_HINTS.map((key) => textMember(operation, key)) : [];
  return [...told, ...named].find((text) => text !== undefined && text.trim() !== '');
}
