import { RPC, RpcError, type Offer } from '@counterpart/kit/mcp';
import type { Blueprint, Json, McpCall, McpFacet, Operation } from '@counterpart/schemas';
import { isArray, isObject, parseJson } from '../schema/json-value.ts';

/** Asks the REST twin of a tool. */
export type AskTwin = (operation: Operation, args: Json) => Promise<Response>;

type Result = Awaited<ReturnType<Offer['call']>>;
type Content = Result['content'];

/** What an MCP server offers: its tools as it lists them, each answered by its REST twin. */
export function offerOf(
  { operations }: Blueprint,
  { name, version, instructions }: McpFacet,
  ask: AskTwin,
): Offer {
  const tools = operations.flatMap((operation) =>
    operation.mcp === undefined ? [] : [{ operation, definition: operation.mcp.definition }],
  );
  return {
    info: { name, version },
    instructions,
    toolsText: async () => [JSON.stringify(tools.map(({ definition }) => definition))],
    async call({ name: wanted, args }) {
      const tool = tools.find(({ definition }) => definition.name === wanted);
      if (tool === undefined) throw new RpcError(RPC.invalidParams, `Unknown tool: ${wanted.slice(0, 200)}`);
      return resultOf(await ask(tool.operation, args), tool.definition);
    },
  };
}

const texts = (text: string): Content => [{ type: 'text', text }];

/** Blocks of content are passed on as they were recorded, also of kinds that a later revision adds. */
const isContent = (value: Json | undefined): value is Json & Content =>
  isArray(value) && value.every((block) => isObject(block) && typeof block['type'] === 'string');

async function resultOf(response: Response, definition: McpCall['definition']): Promise<Result> {
  const text = await response.text();
  const parsed = parseJson(text);
  const value = parsed.kind === 'value' ? parsed.value : undefined;
  if (!response.ok) return failureOf(response.status, value, text);
  if (value === undefined) return { content: texts(text) };
  const isPromised = definition['outputSchema'] !== undefined;
  if (!isPromised && isContent(value) && value.length > 0) return { content: value };
  if (!isObject(value)) return { content: texts(typeof value === 'string' ? value : JSON.stringify(value)) };
  // Of a tool that promises nothing an empty object is all that could be made up.
  if (!isPromised && Object.keys(value).length === 0) return { content: texts('mirrored') };
  return { content: texts(JSON.stringify(value)), structuredContent: value };
}

/** A tool that failed says so in its own words where they are known; what the mirror refuses is told in its words. */
function failureOf(status: number, value: Json | undefined, text: string): Result {
  const problem = isObject(value) ? value : {};
  const { result, detail, title } = problem;
  const content = isObject(result) ? result['content'] : undefined;
  if (isContent(content)) return { content, isError: true };
  const words = [detail, title, text].find((one) => typeof one === 'string' && one !== '');
  return {
    content: texts(typeof words === 'string' ? words : `The mirror answered ${status}.`),
    isError: true,
  };
}
