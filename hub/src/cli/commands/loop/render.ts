import type { ApprovalSheet, LoopDetail } from '@counterpart/schemas';
import type { Paint } from '../../output/paint.ts';
import { count } from '../../output/format.ts';
import { madeVisible } from '../../../approvals/visible.ts';

/** What a person decides on. Texts of an author are shown with every character that nobody sees written out. */
export function renderSheet(sheet: ApprovalSheet, paint: Paint): string {
  const {
    tools,
    hosts,
    hooks = [],
    files,
    dependencies,
    changes = [],
    warnings,
    tests,
    author,
    cost,
  } = sheet;
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [paint.strong(title), ...lines.map((line) => `  ${line}`)];
  const effects = {
    read: paint.good('reads'),
    write: paint.warn('writes'),
    destructive: paint.bad('deletes or overwrites'),
  };
  return [
    `${paint.strong(madeVisible(sheet.title))}  ${sheet.server} ${sheet.version}`,
    ...list(
      'It will be able to',
      tools.map(({ name, effect, description }) => `${name} (${effects[effect]})  ${firstLine(description)}`),
    ),
    ...list('It may reach', hosts.length === 0 ? ['no host'] : hosts),
    ...list('It is given', givenTo(sheet)),
    ...list(
      'It takes posts of other programs at',
      hooks.map(({ name, description = '' }) => `/hooks/${sheet.server}/${name}  ${firstLine(description)}`),
    ),
    ...list('It is made of', [
      `${count(files.length, 'file')}, ${files.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`,
      ...dependencies,
    ]),
    ...list(
      'Against the installed version',
      changes.map(
        ({ kind, tool, breaking, details }) =>
          `${breaking ? paint.bad('breaks') : 'safe'}  ${tool} ${kind}: ${details.join('; ')}`,
      ),
    ),
    ...list(
      'Read this',
      warnings.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ),
    ...list('Proof', [`${count(tests.passed, 'test')} passed, inside ${tests.sandbox}`]),
    ...list('By', [
      `${author.model ?? author.kind}${author.repairs > 0 ? `, after ${count(author.repairs, 'repair')}` : ''}${cost.calls > 0 ? `; ${cost.inputTokens} + ${cost.outputTokens} tokens` : ''}`,
    ]),
    paint.faint(sheet.hash),
  ].join('\n');
}

/** Secrets, settings, and the files of the person that it reads. */
const givenTo = ({ secrets, config }: ApprovalSheet): string[] => [
  ...secrets.map(({ name, required }) => `${name} (secret${required ? '' : ', optional'})`),
  ...config.map(({ name, default: value }) =>
    name.endsWith('_SOURCE') && value !== undefined ? `${name}: reads ${value}` : name,
  ),
];

const firstLine = (text: string): string => madeVisible(text.split('\n')[0] ?? '').slice(0, 100);

const WAITS = {
  author: (id: string) =>
    `waits for its author: \`hub builds question ${id}\` shows what is asked, \`hub builds answer ${id} <file>\` answers`,
  approval: (id: string) =>
    `waits for a decision: \`hub builds approve ${id}\` or \`hub builds reject ${id}\``,
  secrets: (id: string) =>
    `is installed and waits for its secrets: \`hub secret set <name>\`, or \`hub builds skip ${id}\``,
} as const;

/** Where a build stands, and what to do about it. */
export function standing({ id, state, waitsFor, server, problem, folder }: LoopDetail, paint: Paint): string {
  const name = paint.strong(id);
  if (waitsFor !== undefined) return `${paint.warn('●')} ${name} ${WAITS[waitsFor](id)}`;
  if (state === 'installed') return `${paint.good('✓')} ${name}: ${paint.strong(server ?? '')} is installed`;
  if (state === 'failed')
    return `${paint.bad('✗')} ${name} stopped. ${problem ?? ''}\n  Everything is kept in ${folder}; \`hub builds retry ${id}\` goes on.`;
  return `${paint.faint('○')} ${name} is ${state}`;
}
