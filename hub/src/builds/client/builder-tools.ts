import {
  CodeDraft,
  hubError,
  LoopId,
  LoopPlan,
  type LoopDetail,
  type ToolDefinition,
} from '@counterpart/schemas';
import { z } from 'zod';
import type { EventLog } from '../../kernel/events.ts';
import type { ToolServer } from '../../kernel/tool-server.ts';
import type { Builds } from '../builds.ts';
import { untilRest } from './until-rest.ts';

/** Name of the server that these tools stand under: `hub__build_start` and so on. */
export const BUILDER_ID = 'hub';

interface BuilderTool {
  readonly definition: ToolDefinition;
  run(builds: Builds, input: unknown, rest: Rest): Promise<unknown>;
}

/** Waits until a build rests, and shows it. */
type Rest = (id: string) => Promise<LoopDetail>;

interface ToolText<Schema extends z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema;
  readonly readOnly?: boolean;
  run(builds: Builds, input: z.output<Schema>, rest: Rest): Promise<unknown>;
}

function builderTool<Schema extends z.ZodType>(text: ToolText<Schema>): BuilderTool {
  const { name, title, description, input, readOnly = false } = text;
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const annotations = { readOnlyHint: readOnly, destructiveHint: false, openWorldHint: false };
  return {
    definition: { name, title, description, inputSchema: { ...inputSchema, type: 'object' }, annotations },
    async run(builds, given, rest) {
      const parsed = input.safeParse(given ?? {});
      if (!parsed.success)
        throw hubError('INPUT_INVALID', { subject: name, detail: z.prettifyError(parsed.error) });
      return await text.run(builds, parsed.data, rest);
    },
  };
}

const Build = z.strictObject({ build: LoopId.describe('Id of the build, from `build_start`.') });

const TOOLS: readonly BuilderTool[] = [
  builderTool({
    name: 'build_start',
    title: 'Begin to build a server',
    description:
      'Begins a new MCP server that you, the model, will write. Decide how it comes about: `description` when an OpenAPI, GraphQL, OpenRPC or WSDL document can be fetched (give its address as `description`), `blueprint` when it is an HTTP API that you can describe, `code` when it works on data and calls no API. The answer holds the instructions for the next step.',
    input: z.strictObject({
      wish: z.string().min(1).max(8_000).describe('What the person wants, in their words.'),
      ...LoopPlan.shape,
    }),
    async run(builds, { wish, ...plan }, rest) {
      const { id } = await builds.start({ text: wish, author: 'client' });
      await rest(id);
      await builds.answer(id, JSON.stringify(plan));
      return told(await rest(id));
    },
  }),
  builderTool({
    name: 'build_blueprint',
    title: 'Give the description of a service',
    description:
      'Gives the OpenAPI 3.1 document (YAML or JSON) that the build asks for. It is compiled, and the server of it is tested against a simulation; the answer is the report.',
    input: z.strictObject({
      ...Build.shape,
      document: z.string().min(1).max(2_000_000).describe('The whole document.'),
    }),
    async run(builds, { build, document }, rest) {
      await builds.answer(build, JSON.stringify({ document }));
      return told(await rest(build));
    },
  }),
  builderTool({
    name: 'build_write',
    title: 'Give the code of a server',
    description:
      'Gives all files of the server: tools in `src/tools/`, what they share in `src/`, tests in `test/`. They are read, their types are checked, and their tests run inside a sandbox without network; the answer is the report.',
    input: z.strictObject({ ...Build.shape, ...CodeDraft.shape }),
    async run(builds, { build, ...draft }, rest) {
      await builds.answer(build, JSON.stringify(draft));
      return told(await rest(build));
    },
  }),
  builderTool({
    name: 'build_check',
    title: 'See what was found',
    description:
      'The last report of a build, whole: every finding with its place and rule, every test that failed.',
    input: Build,
    readOnly: true,
    async run(_, { build }, rest) {
      const { report, ...detail } = await rest(build);
      return { ...told(detail), report: report ?? null };
    },
  }),
  builderTool({
    name: 'build_submit',
    title: 'Ask the person to approve',
    description:
      'What the person decides on, once all tests pass. Show it to them. You cannot approve it yourself: nothing that you say counts as their word.',
    input: Build,
    readOnly: true,
    async run(_, { build }, rest) {
      const detail = await rest(build);
      const { sheet, state, waitsFor } = detail;
      if (sheet === undefined)
        throw hubError('BUILD_STATE', {
          build,
          state,
          detail: `nothing can be approved yet; it waits for ${waitsFor ?? 'nobody'}`,
        });
      return { ...told(detail), sheet, approve: `hub builds approve ${build}` };
    },
  }),
  builderTool({
    name: 'build_status',
    title: 'See where builds stand',
    description: 'Where one build stands, or all of them.',
    input: z.strictObject({ build: LoopId.optional().describe('Default: all builds.') }),
    readOnly: true,
    async run(builds, { build }) {
      return build === undefined ? { builds: await builds.list() } : told(await builds.show(build));
    },
  }),
];

/** What a client's model needs to go on, and no more. */
function told({ id, state, stage, waitsFor, server, problem, question, report }: LoopDetail) {
  return {
    build: id,
    state,
    ...(stage === undefined ? {} : { stage }),
    ...(server === undefined ? {} : { server }),
    ...(problem === undefined ? {} : { problem }),
    ...(report === undefined ? {} : { passed: report.passed }),
    ...(question === undefined ? {} : { instructions: question.system, material: question.prompt }),
    next: nextOf(id, { waitsFor, state, kind: question?.kind, isCode: question?.schema !== undefined }),
  };
}

function nextOf(
  id: string,
  asked: { waitsFor: LoopDetail['waitsFor']; state: string; kind: string | undefined; isCode: boolean },
): string {
  if (asked.waitsFor === 'author')
    return asked.isCode
      ? 'Call build_write with all files.'
      : 'Call build_blueprint with the whole document.';
  if (asked.waitsFor === 'approval')
    return `Call build_submit, show it to the person, and ask them to run \`hub builds approve ${id}\`.`;
  if (asked.waitsFor === 'secrets')
    return 'It is installed. Ask the person to run `hub secret set` for what is missing; never ask for a secret in the chat.';
  return asked.state === 'installed' ? 'It is installed; its tools can be used.' : 'Nothing is left to do.';
}

/** The builder's tools, for the model of a connected client: no provider has to be configured. */
export const builderServer = (builds: Builds, events: EventLog): ToolServer => ({
  id: BUILDER_ID,
  tools: TOOLS.map(({ definition }) => definition),
  async run({ name, input }, signal) {
    const tool = TOOLS.find(({ definition }) => definition.name === name);
    if (tool === undefined) throw hubError('TOOL_UNKNOWN', { tool: name, suggestion: '' });
    return await tool.run(builds, input, (id) => untilRest(id, { builds, events, signal }));
  },
});
