/** True for a listing of an MCP server, which says so in its first member. */
export const isMcpListing = (text: string): boolean => /^\uFEFF?\s*\{\s*"mcpListing"\s*:\s*1\b/.test(text);
