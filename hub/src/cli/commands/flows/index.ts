import type { FlowRunSummary, FlowSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count, duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';
import { evaluation } from './eval.ts';
import { followRun, tellEnd } from './follow.ts';
import { readInputs } from './inputs.ts';
import { issueText, renderTrace, stateMark } from './render.ts';

const own = { parent: 'flow', group: 'hub' } as const;
const NAME = ['<name>', 'The flow: the name of its file in `flows`'] as const;
const RUN = ['<run>', 'A run’s id, as `hub flow runs` shows it'] as const;
/** Exit code of a check that finds errors. */
const INVALID = 4;

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List the flows of this home',
  examples: [['hub flow list', 'what they are made of, and whether clients are offered them']],
  input: z.object({}),
  async run(context) {
    const flows = await withHub(context, (hub) => hub.flows.list());
    context.result({ flows }, () => renderList(context, flows));
  },
});

function renderList({ paint, io }: Context, flows: readonly FlowSummary[]): string {
  if (flows.length === 0)
    return 'No flows yet: one is a file `flows/<name>.yaml` beside hub.config.json (docs/flows.md).';
  const rows = flows.map(({ name, nodes, serve, issues, title, description }) => {
    const errors = issues.filter(({ severity }) => severity === 'error').length;
    const state = errors > 0 ? paint.bad(count(errors, 'error')) : serve ? paint.good('served') : '';
    return [
      paint.strong(name),
      nodes.length === 0 ? '' : count(nodes.length, 'node'),
      state,
      title ?? description ?? '',
    ];
  });
  return renderTable(['NAME', 'NODES', 'STATE', 'WHAT IT IS'].map(paint.faint), rows, io.width);
}

const check = defineCommand({
  ...own,
  name: 'check',
  summary: 'Look for mistakes in flows without running them',
  description:
    'Circles, nodes that can never run, tools, templates, models and inputs that are not there, arguments that do not fit, code that cannot be read: each with its line and what to do. Exit code 4 when there is an error.',
  arguments: [['[name]', 'Only this flow']],
  examples: [
    ['hub flow check', 'all flows'],
    ['hub flow check weekly-report --json', 'one, for programs'],
  ],
  input: z.object({ name: z.string().optional() }),
  async run(context, { name }) {
    const flows = await withHub(context, async (hub) =>
      name === undefined ? await hub.flows.list() : [await hub.flows.show(name)],
    );
    const issues = flows.flatMap((flow) => flow.issues);
    context.result({ flows: flows.map((flow) => ({ name: flow.name, issues: flow.issues })) }, () => {
      const sound = flows
        .filter((flow) => flow.issues.length === 0)
        .map((flow) => `${context.paint.good('✓')} ${flow.name}`);
      return [...sound, ...issues.map((issue) => issueText(issue, context.paint))].join('\n');
    });
    return issues.some(({ severity }) => severity === 'error') ? INVALID : 0;
  },
});

const run = defineCommand({
  ...own,
  name: 'run',
  summary: 'Run a flow and show what comes of it',
  description:
    'Nodes that need nothing of each other run side by side; each is told as it ends. What changes things waits for your word, as in chats. A run goes on where it was when the hub was ended: `hub flow trace` shows it.',
  arguments: [NAME],
  options: [
    ['-i, --input <name=value>', 'An input; may be given several times', { repeat: true }],
    ['--input-file <file>', 'Inputs as one JSON or YAML object; --input wins'],
    ['--approve', 'Say yes to what waits for a person'],
    ['--detach', 'Print the run’s id and let it run in the running hub'],
  ],
  examples: [
    ['hub flow run tidy-hours --input from=2026-07-01', 'one run, and its outputs'],
    ['hub flow run weekly-report --input-file week.json --json', 'the whole run as JSON'],
  ],
  input: z.object({
    name: z.string(),
    input: z.array(z.string()).default([]),
    inputFile: z.string().optional(),
    approve: z.boolean().default(false),
    detach: z.boolean().default(false),
  }),
  run: (context, { name, input, inputFile, approve, detach }) =>
    withHub(context, async (hub) => {
      const { inputs: schema } = await hub.flows.show(name);
      const inputs = await readInputs(context, { words: input, file: inputFile }, schema);
      const started = await hub.flows.start(name, inputs);
      if (detach) {
        context.result(
          started,
          () => `${started.id} runs. \`hub flow trace ${started.id}\` shows where it stands.`,
        );
        return 0;
      }
      return tellEnd(context, await followRun(context, hub, started.id, { approves: approve }));
    }),
});

const runs = defineCommand({
  ...own,
  name: 'runs',
  summary: 'List runs, the newest first',
  arguments: [['[name]', 'Only of this flow']],
  options: [['--limit <n>', 'At most so many (default: 20)']],
  examples: [['hub flow runs', 'how they ended, and what they took']],
  input: z.object({
    name: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(20),
  }),
  async run(context, { name, limit }) {
    const known = await withHub(context, (hub) => hub.flows.runs(name, limit));
    context.result({ runs: known }, () => renderRuns(context, known));
  },
});

function renderRuns({ paint, io }: Context, known: readonly FlowRunSummary[]): string {
  if (known.length === 0) return 'No runs yet: `hub flow run <name>` begins one.';
  const rows = known.map(({ id, flow, state, tokens, costUsd, startedAt, problem }) => [
    paint.strong(id),
    flow,
    `${stateMark(state, paint)} ${state}`,
    `${duration(Date.now() - Date.parse(startedAt))} ago`,
    tokens === 0 ? '' : `${tokens} tokens, $${costUsd.toFixed(4)}`,
    problem?.message.replace(/\s+/g, ' ') ?? '',
  ]);
  return renderTable(['RUN', 'FLOW', 'STATE', 'BEGAN', 'COST', 'PROBLEM'].map(paint.faint), rows, io.width);
}

const trace = defineCommand({
  ...own,
  name: 'trace',
  summary: 'Show a run as a tree of its nodes',
  description:
    'What every node was given and gave, with its model, tokens, cost, time, calls and error. Secrets that the hub knows are blanked out.',
  arguments: [RUN],
  examples: [['hub flow trace f-0t3k9x1a2b3c', 'as a tree; `--json` for programs']],
  input: z.object({ run: z.string() }),
  async run(context, { run: id }) {
    const found = await withHub(context, (hub) => hub.flows.run(id));
    context.result(found, () => renderTrace(found, context));
  },
});

const decision = (word: 'approve' | 'reject', summary: string, meaning: string) =>
  defineCommand({
    ...own,
    name: word,
    summary,
    arguments: [RUN],
    options: [['--node <node>', 'Only what this node is about to do']],
    examples: [[`hub flow ${word} f-0t3k9x1a2b3c`, meaning]],
    input: z.object({ run: z.string(), node: z.string().optional() }),
    run: (context, { run: id, node }) =>
      withHub(context, async (hub) => {
        await hub.flows.decide(id, word, node);
        return tellEnd(context, await followRun(context, hub, id));
      }),
  });

const cancel = defineCommand({
  ...own,
  name: 'cancel',
  summary: 'End a run',
  arguments: [RUN],
  examples: [['hub flow cancel f-0t3k9x1a2b3c', 'what was done stays done']],
  input: z.object({ run: z.string() }),
  async run(context, { run: id }) {
    const ended = await withHub(context, (hub) => hub.flows.cancel(id));
    context.result(ended, () => `${id} is cancelled.`);
  },
});

const serve = defineCommand({
  ...own,
  name: 'serve',
  summary: 'Offer a flow to clients as a tool and as a model',
  description:
    'Writes `serve: true` into the flow’s file. Clients of MCP have it as the tool `flows__<name>`, programs by REST at /api/tools/flows/<name>, and programs for OpenAI’s API as the model `flow/<name>`.',
  arguments: [NAME],
  options: [['--off', 'Offer it no longer']],
  examples: [
    ['hub flow serve tidy-hours', 'a tool like any other'],
    ['hub flow serve tidy-hours --off', 'only `hub flow run` runs it'],
  ],
  input: z.object({ name: z.string(), off: z.boolean().default(false) }),
  async run(context, { name, off }) {
    const flow = await withHub(context, (hub) => hub.flows.serve(name, !off));
    context.result(flow, () =>
      off
        ? `${name} is offered to nobody now.`
        : `${name} is the tool flows__${name} and the model flow/${name} now.`,
    );
  },
});

export const flow = defineGroup({
  name: 'flow',
  group: 'hub',
  summary: 'Flows of prompts, tools and code',
  description:
    'A flow is a file `flows/<name>.yaml` beside hub.config.json: nodes that ask a model, call a tool or compute, and what each needs of the others. docs/flows.md has all that can stand in it.',
  verbs: [
    list,
    check,
    run,
    evaluation,
    serve,
    trace,
    runs,
    decision('approve', 'Say yes to what a run is about to do', 'it goes on'),
    decision('reject', 'Say no to what a run is about to do', 'nothing of it is done'),
    cancel,
  ],
  examples: [
    ['hub flow check', 'mistakes, each with its line'],
    ['hub flow run tidy-hours --input from=2026-07-01', 'runs one'],
  ],
});
