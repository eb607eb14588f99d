import type { PromptArgument, PromptDetail, PromptMessage, PromptSummary } from '@counterpart/schemas';
import { z } from 'zod';
import { isRequired } from '../../../prompts/render.ts';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { count, duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';
import { readInputs } from '../flows/inputs.ts';
import { issueText } from '../flows/render.ts';

const own = { parent: 'prompts', group: 'hub' } as const;
const NAME = ['<name>', 'The template: the name of its file in `prompts`'] as const;
const VERSION = [
  '--at <hash>',
  'The beginning of a version’s hash; default: what the file says now',
] as const;
const SHORT_HASH = 'sha256-'.length + 12;

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List the prompt templates of this home',
  description:
    'Also looks at each for variables without an argument, and for arguments that are used nowhere. Exit code 4 when one cannot be used.',
  examples: [['hub prompts list', 'their arguments and versions']],
  input: z.object({}),
  async run(context) {
    const prompts = await withHub(context, (hub) => hub.prompts.list());
    context.result({ prompts }, () => renderList(context, prompts));
    return prompts.some(({ issues }) => issues.some(({ severity }) => severity === 'error')) ? 4 : 0;
  },
});

function renderList({ paint, io }: Context, prompts: readonly PromptSummary[]): string {
  if (prompts.length === 0)
    return 'No prompt templates yet: one is a file `prompts/<name>.md` beside hub.config.json (docs/flows.md).';
  const rows = prompts.map(({ name, hash = '', arguments: known, issues, title, description }) => {
    const errors = issues.filter(({ severity }) => severity === 'error').length;
    return [
      paint.strong(name),
      errors > 0 ? paint.bad(count(errors, 'error')) : paint.faint(hash.slice(0, SHORT_HASH)),
      Object.keys(known).join(', '),
      title ?? description ?? '',
    ];
  });
  const issues = prompts.flatMap((one) => one.issues).map((issue) => issueText(issue, paint));
  const table = renderTable(['NAME', 'VERSION', 'ARGUMENTS', 'WHAT IT IS'].map(paint.faint), rows, io.width);
  return [table, ...(issues.length === 0 ? [] : ['', ...issues])].join('\n');
}

const show = defineCommand({
  ...own,
  name: 'show',
  summary: 'Show a template with its arguments',
  arguments: [NAME],
  options: [VERSION],
  examples: [['hub prompts show summarise', 'as its file has it now']],
  input: z.object({ name: z.string(), at: z.string().optional() }),
  async run(context, { name, at }) {
    const detail = await withHub(context, (hub) => hub.prompts.show(name, at));
    context.quote(detail, () => renderDetail(context, detail));
  },
});

function renderDetail(
  { paint }: Context,
  { name, hash = '', description, arguments: known, text, issues }: PromptDetail,
): string {
  const lines = Object.entries(known).map(
    ([argument, facts]) => `  ${paint.strong(argument)}  ${factsOf(facts)}`,
  );
  return [
    `${paint.strong(name)}  ${paint.faint(hash)}`,
    ...(description === undefined ? [] : [description]),
    ...(lines.length === 0 ? [] : ['Arguments', ...lines]),
    '',
    text.trimEnd(),
    ...issues.map((issue) => issueText(issue, paint)),
  ].join('\n');
}

function factsOf(argument: PromptArgument): string {
  const { type, enum: choices, default: preset, description } = argument;
  return [
    choices === undefined ? type : choices.join(' | '),
    ...(isRequired(argument) ? ['required'] : []),
    ...(preset === undefined ? [] : [`default ${JSON.stringify(preset)}`]),
    ...(description === undefined ? [] : [description]),
  ].join(', ');
}

const render = defineCommand({
  ...own,
  name: 'render',
  summary: 'Show what a template says with these arguments',
  arguments: [NAME],
  options: [
    ['-a, --argument <name=value>', 'An argument; may be given several times', { repeat: true }],
    ['--argument-file <file>', 'Arguments as one JSON or YAML object; --argument wins'],
    VERSION,
  ],
  examples: [
    ['hub prompts render summarise -a text="A long story"', 'the messages that a model would be given'],
  ],
  input: z.object({
    name: z.string(),
    argument: z.array(z.string()).default([]),
    argumentFile: z.string().optional(),
    at: z.string().optional(),
  }),
  async run(context, { name, argument: words, argumentFile: file, at }) {
    const given = await readInputs(context, { words, file }, { additionalProperties: { type: 'string' } });
    const rendered = await withHub(context, (hub) => hub.prompts.render(name, given, at));
    context.quote(rendered, () =>
      rendered.messages.map((message) => messageText(message, context)).join('\n\n'),
    );
  },
});

const messageText = ({ role, content }: PromptMessage, { paint }: Context): string =>
  `${paint.faint(`# ${role}`)}\n${content}`;

const versions = defineCommand({
  ...own,
  name: 'versions',
  summary: 'List the versions of a template that were seen, the newest first',
  arguments: [NAME],
  examples: [['hub prompts versions summarise', 'a flow can name one: `prompt: summarise@3f9a1c02b7d4`']],
  input: z.object({ name: z.string() }),
  async run(context, { name }) {
    const known = await withHub(context, (hub) => hub.prompts.versions(name));
    context.result({ versions: known }, () => {
      const rows = known.map(({ hash, seenAt, current }) => [
        context.paint.strong(hash.slice(0, SHORT_HASH)),
        `${duration(Date.now() - Date.parse(seenAt))} ago`,
        current ? context.paint.good('in the file') : '',
      ]);
      return renderTable(['VERSION', 'SEEN FIRST', ''].map(context.paint.faint), rows, context.io.width);
    });
  },
});

export const prompts = defineGroup({
  name: 'prompts',
  group: 'hub',
  summary: 'Prompt templates',
  description:
    'A template is a file `prompts/<name>.md` or `.yaml` beside hub.config.json. Clients have it as the prompt `prompts__<name>`, flows by its name. Every version that was seen is kept.',
  verbs: [list, show, render, versions],
  examples: [['hub prompts render summarise -a text="A long story"', 'what a model would be told']],
});
