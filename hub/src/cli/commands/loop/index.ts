import { hubError, LoopDecision, LoopStage, type LoopSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { readText } from '../../input/read-text.ts';
import { withHub } from '../../running/with-hub.ts';
import { followBuild } from './follow.ts';
import { renderSheet } from '../../../builds/client/sheet-text.ts';
import { standing } from './render.ts';

const ID = ['<id>', 'A build’s id, such as b-0k3f9x2m1q'] as const;
const own = { parent: 'builds', group: 'builds' } as const;
const Id = z.object({ id: z.string() });

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List builds from words, and what each waits for',
  examples: [['hub builds list', 'all builds, the newest first']],
  input: z.object({}),
  async run(context) {
    const known = await withHub(context, (hub) => hub.builds.list());
    context.result({ builds: known }, () => renderList(context, known));
  },
});

function renderList({ paint, io }: Context, known: readonly LoopSummary[]): string {
  if (known.length === 0) return 'No builds yet. `hub build "what you want"` begins one.';
  const rows = known.map(({ id, state, stage, waitsFor, server, text, updatedAt }) => [
    paint.strong(id),
    waitsFor === undefined ? state : `waits for ${waitsFor === 'approval' ? 'a decision' : waitsFor}`,
    stage ?? '',
    server ?? '',
    `${duration(Date.now() - Date.parse(updatedAt))} ago`,
    text.replace(/\s+/g, ' ').slice(0, 60),
  ]);
  return renderTable(
    ['BUILD', 'STATE', 'STAGE', 'SERVER', 'CHANGED', 'WISH'].map(paint.faint),
    rows,
    io.width,
  );
}

const show = defineCommand({
  ...own,
  name: 'show',
  summary: 'Show everything that is known of a build',
  arguments: [ID],
  examples: [['hub builds show b-0k3f9x2m1q --json', 'plan, steps, report, question, sheet']],
  input: Id,
  async run(context, { id }) {
    const detail = await withHub(context, (hub) => hub.builds.show(id));
    context.result(detail, () =>
      [
        ...detail.steps.map(({ stage, round, state, detail: words }) =>
          [
            `  ${stage}${round > 0 ? ` (repair ${round})` : ''}`,
            state,
            context.paint.faint(words ?? ''),
          ].join('  '),
        ),
        ...detail.asked.map(({ number, pack, tokens, usage }) =>
          context.paint.faint(
            `  question ${number}  ${pack}  about ${tokens} tokens${usage === undefined ? '' : `; ${usage.inputTokens} + ${usage.outputTokens} counted`}`,
          ),
        ),
        ...(detail.sheet === undefined ? [] : ['', renderSheet(detail.sheet, context.paint), '']),
        standing(detail, context.paint),
      ].join('\n'),
    );
  },
});

const follow = defineCommand({
  ...own,
  name: 'follow',
  summary: 'Follow a build until it ends or waits for somebody',
  arguments: [ID],
  examples: [['hub builds follow b-0k3f9x2m1q', 'each step as it goes']],
  input: Id,
  run: (context, { id }) => withHub(context, (hub) => followBuild(context, hub, id)),
});

const approve = defineCommand({
  ...own,
  name: 'approve',
  summary: 'Look at what a build made, and install it',
  description:
    'Shows what the server will be able to do, what it may reach, what it is given and how it was tested, and asks. The word counts for exactly these files: if anything changes, it is asked for again.',
  arguments: [ID],
  options: [['-y, --yes', 'Approve without a question']],
  examples: [['hub builds approve b-0k3f9x2m1q', 'what it is, and a question']],
  input: z.object({ id: z.string(), yes: z.boolean().default(false) }),
  run: (context, { id, yes }) =>
    withHub(context, async (hub) => {
      const { sheet, waitsFor, state } = await hub.builds.show(id);
      if (sheet === undefined || waitsFor !== 'approval')
        throw hubError('BUILD_STATE', { build: id, state, detail: 'it waits for no decision' });
      if (!context.json) context.quote(sheet, () => renderSheet(sheet, context.paint));
      if (!yes && !(await context.confirm('Install it as shown?')))
        throw hubError('USAGE', {
          detail: 'nothing was approved: nobody agreed. --yes agrees',
          command: 'hub builds approve',
        });
      await hub.builds.decide(id, { decision: 'approve', hash: sheet.hash, via: 'cli' });
      return await followBuild(context, hub, id);
    }),
});

const reject = defineCommand({
  ...own,
  name: 'reject',
  summary: 'Decide against what a build made; everything is kept',
  arguments: [ID],
  options: [['--reason <words>', 'Why; kept in the audit log']],
  examples: [['hub builds reject b-0k3f9x2m1q --reason "it asks for too much"', 'nothing is installed']],
  input: z.object({ id: z.string(), reason: LoopDecision.shape.reason }),
  run: (context, { id, reason }) =>
    withHub(context, async (hub) => {
      const { sheet, state } = await hub.builds.show(id);
      if (sheet === undefined)
        throw hubError('BUILD_STATE', { build: id, state, detail: 'it waits for no decision' });
      const why = reason === undefined ? {} : { reason };
      await hub.builds.decide(id, { decision: 'reject', hash: sheet.hash, via: 'cli', ...why });
      return await followBuild(context, hub, id);
    }),
});

const cancel = defineCommand({
  ...own,
  name: 'cancel',
  summary: 'End a build; what it made so far is kept',
  arguments: [ID],
  examples: [['hub builds cancel b-0k3f9x2m1q', '`hub builds retry` goes on']],
  input: Id,
  async run(context, { id }) {
    const ended = await withHub(context, (hub) => hub.builds.cancel(id));
    context.result(
      ended,
      () =>
        `${context.paint.faint('○')} ${context.paint.strong(id)} is cancelled; \`hub builds retry ${id}\` goes on.`,
    );
  },
});

const retry = defineCommand({
  ...own,
  name: 'retry',
  summary: 'Go on with a build, or do it anew from a stage',
  arguments: [ID],
  options: [['--from <stage>', 'Do this stage and all that follow anew', { choices: LoopStage.options }]],
  examples: [
    ['hub builds retry b-0k3f9x2m1q', 'where it stopped'],
    ['hub builds retry b-0k3f9x2m1q --from write', 'its author is asked again'],
  ],
  input: z.object({ id: z.string(), from: LoopStage.optional() }),
  run: (context, { id, from }) =>
    withHub(context, async (hub) => {
      await hub.builds.retry(id, from);
      return await followBuild(context, hub, id);
    }),
});

const question = defineCommand({
  ...own,
  name: 'question',
  summary: 'Show what a build asks its author now',
  arguments: [ID],
  examples: [['hub builds question b-0k3f9x2m1q > prompt.md', 'for a model elsewhere, or a person']],
  input: Id,
  async run(context, { id }) {
    const { question: asked, state } = await withHub(context, (hub) => hub.builds.show(id));
    if (asked === undefined)
      throw hubError('BUILD_STATE', { build: id, state, detail: 'it asks its author nothing now' });
    context.quote(asked, () => `${asked.system}\n\n${asked.prompt}`);
  },
});

const answer = defineCommand({
  ...own,
  name: 'answer',
  summary: 'Answer what a build asks its author',
  arguments: [ID, ['<file>', 'The answer: a file, or - for standard input']],
  examples: [['hub builds answer b-0k3f9x2m1q answer.md', 'it goes on with this']],
  input: z.object({ id: z.string(), file: z.string() }),
  run: (context, { id, file }) =>
    withHub(context, async (hub) => {
      await hub.builds.answer(id, await textOf(context, file));
      return await followBuild(context, hub, id);
    }),
});

async function textOf({ io }: Context, file: string): Promise<string> {
  if (file === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Uint8Array)); // Bytes of a pipe.
    return Buffer.concat(chunks).toString('utf8');
  }
  return await readText(io.cwd, file);
}

const skip = defineCommand({
  ...own,
  name: 'skip',
  summary: 'Go on without the secrets that a build waits for',
  arguments: [ID],
  examples: [['hub builds skip b-0k3f9x2m1q', 'they can be set later']],
  input: Id,
  run: (context, { id }) =>
    withHub(context, async (hub) => {
      await hub.builds.skip(id);
      return await followBuild(context, hub, id);
    }),
});

export const builds = defineGroup({
  name: 'builds',
  group: 'builds',
  summary: 'Follow, answer, approve and retry builds from words',
  description:
    'A build begins with `hub build "what you want"`. It is planned, written, checked, tested behind walls and repaired; then a person decides. It survives the end of the hub at any point, and keeps everything it made.',
  verbs: [list, show, follow, approve, reject, cancel, retry, question, answer, skip],
  examples: [
    ['hub builds list', 'what there is, and what each waits for'],
    ['hub builds approve b-0k3f9x2m1q', 'what it will be able to do, and a question'],
  ],
});
