import type { Incoming } from '@counterpart/kit/mcp';

/** Member of the parameters that `Mcp-Name` repeats (MCP 2026-07-28, Streamable HTTP). */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

const ENCODED = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/;

const decoded = (value: string): string => {
  const encoded = ENCODED.exec(value)?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString('utf8');
};

/** What the headers of a request of 2026-07-28 say otherwise than its body; undefined when they agree. */
export function headerMismatch(
  headers: Headers,
  { method, params }: Extract<Incoming, { kind: 'request' }>,
  version: string,
): string | undefined {
  const named = NAMED_BY[method];
  const name = named === undefined ? undefined : params[named];
  const wanted: readonly (readonly [string, string])[] = [
    ['MCP-Protocol-Version', version],
    ['Mcp-Method', method],
    ...(typeof name === 'string' ? [['Mcp-Name', name] as const] : []),
  ];
  for (const [header, expected] of wanted) {
    const given = headers.get(header);
    if (given === null) return `the ${header} header is missing`;
    if (decoded(given) !== expected) return `${header} says ${given}, the body says ${expected}`;
  }
  return undefined;
}
