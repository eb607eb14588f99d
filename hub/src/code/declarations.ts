import { effectOf, type ToolDefinition } from '@counterpart/schemas';
import type { ToolRoute } from '../kernel/ports.ts';
import { commentText, propertyName } from '@counterpart/scaffolds/sdk/ts-text';
import { typeText, type TypeDetail } from './type-text.ts';

/** Characters of one tool's declaration; what is larger is told with less detail. */
const MOST_BRIEF = 700;
const MOST_WHOLE = 8_000;
const MOST_DESCRIPTION = 4_000;

/** How many levels are told, tried in this order until the text is short enough. */
const DEPTHS = [8, 4, 3, 2, 1, 0];

const brief = new WeakMap<ToolDefinition, string>();

/** Where code finds a tool: by the id of its server and by the server's own name of it. */
export const pathOf = ({ server, name }: ToolRoute): string => `servers${step(server)}${step(name)}`;

function step(name: string): string {
  const written = propertyName(name);
  return written === name ? `.${name}` : `[${written}]`;
}

/** Declarations of some tools, in their order, with one line for each; the same text for the same definitions. */
export const declare = (routes: readonly ToolRoute[]): string => inServers(routes, briefMember);

/** One tool's declaration with all that is known of it, bounded. */
export function declareWhole(route: ToolRoute): string {
  const { definition } = route;
  const described = definition.description?.slice(0, MOST_DESCRIPTION).replace(/\s+$/, '') ?? '';
  const text = shortest(MOST_WHOLE, (depth) => signature(route, { depth, comments: true }));
  return `${inServers([route], () => `${commentText(`Effect: ${effectOf(definition)}.`)}${text}`)}${prose(described)}`;
}

/** What a description says, as comments below the code: every line begins with `//`. */
function prose(text: string): string {
  if (text === '') return '';
  const lines = text.split(/[\r\n\u2028\u2029\u0085\v\f]+/);
  return `\n${lines.map((line) => `// ${line}`.trimEnd()).join('\n')}`;
}

function briefMember(route: ToolRoute): string {
  const { definition } = route;
  const before = brief.get(definition);
  if (before !== undefined) return before;
  const type = shortest(MOST_BRIEF, (depth) => signature(route, { depth, comments: false }));
  const text = `${commentText(`${firstSentence(definition)} (${effectOf(definition)})`)}${type}`;
  brief.set(definition, text);
  return text;
}

const firstSentence = ({ description, title }: ToolDefinition): string =>
  /^.*?(?:[.!?](?=\s)|\n|$)/s.exec((description ?? title ?? '').trim().slice(0, 1_000))?.[0].trim() ?? '';

function shortest(most: number, write: (depth: number) => string): string {
  let text = '';
  for (const depth of DEPTHS) {
    text = write(depth);
    if (text.length <= most) return text;
  }
  return text.length <= 2 * most
    ? text
    : `${text.slice(0, text.indexOf('('))}(args: Record<string, unknown>): Promise<unknown>;`;
}

function signature({ name, definition }: ToolRoute, detail: TypeDetail): string {
  const { inputSchema, outputSchema } = definition;
  const { required } = inputSchema;
  const optional = Array.isArray(required) && required.length > 0 ? '' : '?';
  const result =
    outputSchema === undefined ? 'unknown' : typeText(outputSchema, { ...detail, comments: false });
  return `${propertyName(name)}(args${optional}: ${typeText(inputSchema, detail)}): Promise<${result}>;`;
}

function inServers(routes: readonly ToolRoute[], member: (route: ToolRoute) => string): string {
  const servers = Map.groupBy(routes, ({ server }) => server);
  const parts = [...servers].map(
    ([id, tools]) =>
      `  ${propertyName(id)}: {\n${tools.map((tool) => `    ${member(tool)}\n`).join('')}  };\n`,
  );
  return `declare const servers: {\n${parts.join('')}};`;
}
