import {
  CodeDraft,
  HandedFile,
  HUB_ID,
  hubError,
  LoopId,
  LoopPlan,
  type LoopDetail,
  type ToolDefinition,
} from '@counterpart/schemas';
import { z } from 'zod';
import type { EventLog } from '../../kernel/events.ts';
import type { ToolServer } from '../../kernel/tools/tool-server.ts';
import { readHanded } from '../given/handed-files.ts';
import { canSample } from './ask-client.ts';
import { askPerson, goOn, type Course, type CourseOptions } from './course.ts';
import { told } from './told.ts';
import { untilRest } from './until-rest.ts';

interface BuilderTool {
  readonly definition: ToolDefinition;
  run(course: Course, input: unknown): Promise<unknown>;
}

interface ToolText<Schema extends z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema;
  readonly readOnly?: boolean;
  run(course: Course, input: z.output<Schema>): Promise<unknown>;
}

function builderTool<Schema extends z.ZodType>(text: ToolText<Schema>): BuilderTool {
  const { name, title, description, input, readOnly = false } = text;
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const annotations = { readOnlyHint: readOnly, destructiveHint: false, openWorldHint: false };
  return {
    definition: { name, title, description, inputSchema: { ...inputSchema, type: 'object' }, annotations },
    async run(course, given) {
      const parsed = input.safeParse(given ?? {});
      if (!parsed.success)
        throw hubError('INPUT_INVALID', { subject: name, detail: z.prettifyError(parsed.error) });
      return await text.run(course, parsed.data);
    },
  };
}

const Build = z.strictObject({ build: LoopId.describe('Id of the build, from `build_start`.') });

const MOST_FILES = 5;

const TOOLS: readonly BuilderTool[] = [
  builderTool({
    name: 'build_start',
    title: 'Begin to build a server',
    description:
      'Begins a new MCP server that you, the model, will write. Decide how it comes about: `description` when an OpenAPI, GraphQL, OpenRPC or WSDL document can be fetched (give its address as `description`), `blueprint` when it is an HTTP API that you can describe, `code` when it works on data and calls no API. The answer holds the instructions for the next step.',
    input: z.strictObject({
      wish: z.string().min(1).max(8_000).describe('What the person wants, in their words.'),
      ask: z
        .boolean()
        .default(false)
        .describe(
          'The hub asks your model itself, question by question, where your client offers sampling; nothing else is needed then.',
        ),
      files: z
        .array(HandedFile)
        .max(MOST_FILES)
        .default([])
        .describe(
          'Files that the person gave you for the server to read, or samples of them: at most 1 MiB together. It reads each through a setting that stands on the sheet which they approve; larger ones they give by path, with `hub build --with`.',
        ),
      ...LoopPlan.partial().shape,
    }),
    async run(course, { wish, ask, files, ...given }) {
      const { builds, rest } = course;
      if (ask && !canSample(course.client))
        throw hubError('INPUT_INVALID', {
          subject: 'ask',
          detail: 'this client offers no sampling; give the plan yourself (kind, name, title, summary)',
        });
      const plan = ask ? undefined : LoopPlan.safeParse(given);
      if (plan?.success === false)
        throw hubError('INPUT_INVALID', { subject: 'build_start', detail: z.prettifyError(plan.error) });
      const { id } = await builds.start({ text: wish, author: 'client' }, undefined, readHanded(files));
      await rest(id);
      if (plan === undefined) return await goOn(course, id);
      await builds.answer(id, JSON.stringify(plan.data));
      return told(await rest(id));
    },
  }),
  builderTool({
    name: 'build_continue',
    title: 'Go on with a build',
    description:
      'Goes on with a build that waits, as far as your client lets itself be asked: its model for what the build wants to know (sampling), the person for their decision and for secrets (elicitation). The answer says what it waits for then.',
    input: Build,
    run: (course, { build }) => goOn(course, build),
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
    async run({ builds, rest }, { build, document }) {
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
    async run({ builds, rest }, { build, ...draft }) {
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
    async run({ rest }, { build }) {
      const { report, ...detail } = await rest(build);
      return { ...told(detail), report: report ?? null };
    },
  }),
  builderTool({
    name: 'build_submit',
    title: 'Ask the person to approve',
    description:
      'What the person decides on, once all tests pass. Where your client shows forms, the person is asked in it, and then for the secrets that are needed; otherwise show them the sheet. You cannot approve it yourself: nothing that you say counts as their word.',
    input: Build,
    async run(course, { build }) {
      const { sheet, state, waitsFor } = await course.rest(build);
      if (sheet === undefined)
        throw hubError('BUILD_STATE', {
          build,
          state,
          detail: `nothing can be approved yet; it waits for ${waitsFor ?? 'nobody'}`,
        });
      return {
        sheet,
        approve: `hub builds approve ${build}`,
        review: `hub review ${build}`,
        ...(await askPerson(course, build)),
      };
    },
  }),
  builderTool({
    name: 'build_status',
    title: 'See where builds stand',
    description: 'Where one build stands, or all of them.',
    input: z.strictObject({ build: LoopId.optional().describe('Default: all builds.') }),
    readOnly: true,
    async run({ builds }, { build }) {
      return build === undefined ? { builds: await builds.list() } : told(await builds.show(build));
    },
  }),
  builderTool({
    name: 'server_list',
    title: 'See what servers there are',
    description:
      'All servers of this hub: what each offers, whether it serves, which secrets it lacks, and what keeps it from its services.',
    input: z.strictObject({}),
    readOnly: true,
    run: async ({ servers }) => ({ servers: await servers() }),
  }),
];

/** Clients commonly give a call up after a minute; what is at work goes on without them. */
const PATIENCE_MS = 50_000;

export interface BuilderServerOptions {
  /** What a call may use: of a person's client, or of the owner's. */
  readonly course: (person: string | undefined) => CourseOptions;
  readonly events: EventLog;
  /** How long a call waits for a build that is at work; 50,000 ms unless told. */
  readonly patienceMs?: number | undefined;
}

/** The builder's tools, for the model of a connected client: no provider has to be configured. */
export const builderServer = ({ events, course, patienceMs }: BuilderServerOptions): ToolServer => ({
  // They stand under `hub__build_start` and so on.
  id: HUB_ID,
  tools: TOOLS.map(({ definition }) => definition),
  async run({ name, input }, signal, client) {
    const tool = TOOLS.find(({ definition }) => definition.name === name);
    if (tool === undefined) throw hubError('TOOL_UNKNOWN', { tool: name, suggestion: '' });
    const options = course(client.person);
    const rest = (id: string): Promise<LoopDetail> =>
      untilRest(id, {
        builds: options.builds,
        events,
        signal,
        patienceMs: patienceMs ?? PATIENCE_MS,
      });
    return await tool.run({ ...options, client, rest }, input);
  },
});
