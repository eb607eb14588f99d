import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isWrapped, takesFields, toolInput, toToolDefinition } from '@counterpart/kit';
import { hubError, JsonSchema, type HttpBinding, type Operation } from '@counterpart/schemas';
import { Blueprint, styleOf } from '@counterpart/schemas/blueprint/blueprint';
import { z } from 'zod';
import { renderPaging } from './eject-paging.ts';
import { toExportName } from './program.ts';
import { toZodObjectCode } from './zod-code.ts';

export interface EjectedTool {
  /** Relative to the server's folder. */
  readonly file: string;
}

/**
 * Turns a compiled tool of the server in `dir` into a file of `src/tools/` that a person can change. The next build
 * takes it in the compiled tool's place, because hand-written tools win by name; removing the file brings the compiled
 * one back. Throws TOOL_UNKNOWN, EJECT_UNSUPPORTED and FILE_EXISTS; nothing else in the folder is touched.
 */
export async function ejectTool(dir: string, toolName: string): Promise<EjectedTool> {
  const blueprint = Blueprint.parse(JSON.parse(await readFile(join(dir, 'blueprint.json'), 'utf8')));
  const operation = blueprint.operations.find(({ name }) => name === toolName);
  if (operation === undefined) throw hubError('TOOL_UNKNOWN', { tool: toolName, suggestion: '' });
  const file = `src/tools/${toToolFile(toolName)}.ts`;
  const path = join(dir, file);
  const isTaken = await access(path).then(
    () => true,
    () => false,
  );
  if (isTaken) throw hubError('FILE_EXISTS', { file });
  const code = renderTool(blueprint, operation);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code, { flag: 'wx' });
  return { file };
}

/** Base name of the file a tool lives in: `get_museum_hours` → `get-museum-hours`. */
const toToolFile = (toolName: string): string =>
  toolName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** Source of a hand-written tool that sends what the compiled operation sends. Every text goes through JSON.stringify. */
export function renderTool(blueprint: Blueprint, operation: Operation): string {
  assertSupported(operation);
  const input = toolInput(blueprint, operation);
  const isClosed = input['additionalProperties'] === false;
  const idempotent = JSON.stringify(operation.idempotent);
  const { answer, output } = describeAnswer(blueprint, operation);
  const { pagination } = operation;
  return [
    `import { ${importsOf(blueprint, operation).join(', ')} } from '@counterpart/kit';`,
    `import { z } from 'zod';`,
    '',
    '/** Where each input goes in the request. */',
    `const binding: HttpBinding = ${JSON.stringify(toSentBinding(operation.http), null, 2)};`,
    '',
    ...(pagination === undefined ? [] : [...renderPaging(operation, pagination), '']),
    `const Input = ${toZodObjectCode(input, blueprint.types, isClosed ? 'strict' : 'loose')};`,
    '',
    `const Output = ${output};`,
    '',
    `export const ${toExportName(toToolFile(operation.name))} = defineTool({`,
    `  name: ${JSON.stringify(operation.name)},`,
    ...(operation.title === undefined ? [] : [`  title: ${JSON.stringify(operation.title)},`]),
    `  description: ${JSON.stringify(operation.description)},`,
    `  effect: ${JSON.stringify(operation.effect)},`,
    `  idempotent: ${idempotent},`,
    '  input: Input,',
    '  output: Output,',
    ...(pagination === undefined
      ? [
          '  async run(input, { http, signal }) {',
          `    const call = { ...toHttpCall(binding, input), idempotent: ${idempotent}, signal };`,
        ]
      : ['  async run(input, { http, signal, progress }) {']),
    ...answer.map((line) => `    ${line}`),
    '  },',
    '});',
    '',
  ].join('\n');
}

const importsOf = (blueprint: Blueprint, operation: Operation): string[] => [
  'defineTool',
  ...(takesFields(blueprint, operation) ? ['pickFields'] : []),
  ...(operation.pagination === undefined ? ['toHttpCall'] : ['readPaged']),
  'ToolFailure',
  'type HttpBinding',
  ...(operation.pagination === undefined ? [] : ['type PagedBinding']),
];

/** What of a binding decides the request; the rest would only make the file long. */
function toSentBinding(http: HttpBinding): HttpBinding {
  const body =
    http.body === undefined
      ? {}
      : {
          body: {
            ...http.body,
            contents: http.body.contents
              .filter(({ sentFor }, index) => index === 0 || sentFor !== undefined)
              .map((content) => ({ ...content, schema: true })),
          },
        };
  const { method, path, parameters, accept } = http;
  return { method, path, parameters, ...body, responses: [], accept };
}

function describeAnswer(
  blueprint: Blueprint,
  operation: Operation,
): { answer: readonly string[]; output: string } {
  if (operation.output === undefined) {
    return {
      answer: [
        'const answer = await http.request(call);',
        'if (answer.status >= 400) throw new ToolFailure(`The service answered ${answer.status}: ${answer.text()}`);',
        'return { status: answer.status };',
      ],
      output: 'z.strictObject({ status: z.int() })',
    };
  }
  // Loosened as it is offered to clients: services answer less strictly than they describe.
  const { $defs, ...schema } = toToolDefinition(blueprint, operation).outputSchema ?? { type: 'object' };
  const types =
    typeof $defs === 'object' && $defs !== null ? z.record(z.string(), JsonSchema).parse($defs) : {};
  const read =
    operation.pagination === undefined
      ? 'await http.json(call)'
      : 'await readPaged(paged, input, { http, signal, progress })';
  const chosen = takesFields(blueprint, operation) ? `pickFields(${read}, input.fields ?? []).value` : read;
  const value = isWrapped(blueprint, operation) ? `{ result: ${chosen} }` : chosen;
  return {
    answer: [
      `const answer = Output.safeParse(${value});`,
      `if (!answer.success) throw new ToolFailure('The service answered in another form than it describes.');`,
      'return answer.data;',
    ],
    output: toZodObjectCode(JsonSchema.parse(schema), types, 'loose'),
  };
}

/** The context's `http` gives JSON or a status. */
function assertSupported(operation: Operation): void {
  if (operation.graphql !== undefined)
    throw hubError('EJECT_UNSUPPORTED', {
      tool: operation.name,
      detail: 'it speaks GraphQL; ask `context.http` for a document of your own instead',
    });
  if (operation.database !== undefined)
    throw hubError('EJECT_UNSUPPORTED', {
      tool: operation.name,
      detail: 'it speaks to a database; write a tool of your own beside it instead',
    });
  if (operation.data !== undefined)
    throw hubError('EJECT_UNSUPPORTED', {
      tool: operation.name,
      detail: 'it reads a file row by row; write a tool of your own beside it instead',
    });
  if (styleOf(operation) !== 'http')
    throw hubError('EJECT_UNSUPPORTED', {
      tool: operation.name,
      detail: `it speaks ${styleOf(operation)}; write a tool of your own beside it instead`,
    });
  const answersOther = operation.http.responses.some(
    ({ status, contents }) => status.startsWith('2') && contents.length > 0 && operation.output === undefined,
  );
  if (answersOther)
    throw hubError('EJECT_UNSUPPORTED', { tool: operation.name, detail: 'its answer is not JSON' });
}
