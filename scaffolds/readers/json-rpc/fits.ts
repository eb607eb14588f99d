/** True for the text of an OpenRPC document, which names its version in a member of its root. */
export const isOpenRpc = (text: string): boolean => {
  const head = text.slice(0, 200_000);
  return /^[\s\uFEFF]*\{/.test(head)
    ? /"openrpc"\s*:\s*"\d/.test(head) && !/"(?:openapi|swagger)"\s*:\s*"\d/.test(head)
    : /^openrpc\s*:\s*["']?\d/m.test(head);
};
