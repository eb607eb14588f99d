import type { ApprovalSheet } from '@counterpart/schemas';
import { madeVisible } from '../../approvals/visible.ts';
import { canarySentence } from '../stages/canary/compare-answers.ts';

/** How parts of a sheet are told from each other; nothing of it changes a word. */
export interface SheetPaint {
  strong(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
}

const asItIs = (text: string): string => text;
/** For where there are no colours. */
export const PLAIN: SheetPaint = { strong: asItIs, good: asItIs, warn: asItIs, bad: asItIs, faint: asItIs };

const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What a person decides on. Texts of an author are shown with every character that nobody sees written out. */
export function renderSheet(sheet: ApprovalSheet, paint: SheetPaint): string {
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
    canary,
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
      `${many(files.length, 'file')}, ${files.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`,
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
    ...list('Proof', [
      // Where no walls were, that is said before anything else is.
      ...(tests.unsafeLocal === true ? [paint.bad(UNSAFE)] : []),
      `${many(tests.passed, 'test')} passed, inside ${tests.sandbox}`,
      ...(tests.coverage === undefined ? [] : [`${tests.coverage} % of the written code run by them`]),
    ]),
    ...list('Beside the version in use', canaryLines(canary)),
    ...list('By', [
      `${author.model ?? author.kind}${author.repairs > 0 ? `, after ${many(author.repairs, 'repair')}` : ''}${cost.calls > 0 ? `; ${cost.inputTokens} + ${cost.outputTokens} tokens` : ''}`,
    ]),
    paint.faint(sheet.hash),
  ].join('\n');
}

const UNSAFE =
  'UNSAFE: this code ran on this machine without a sandbox (--unsafe-local), as your user; what it did, nobody saw';

const canaryLines = (canary: ApprovalSheet['canary']): string[] => {
  if (canary === undefined) return [];
  if (canary.skipped !== undefined) return [`not tried: ${canary.skipped}`];
  return canary.calls.length === 0
    ? ['no tool can be tried without arguments']
    : canary.calls.map(canarySentence);
};

/** Secrets, settings, and the files of the person that it reads. */
const givenTo = ({ secrets, config }: ApprovalSheet): string[] => [
  ...secrets.map(({ name, required }) => `${name} (secret${required ? '' : ', optional'})`),
  ...config.map(({ name, default: value }) =>
    name.endsWith('_SOURCE') && value !== undefined ? `${name}: reads ${value}` : name,
  ),
];

const firstLine = (text: string): string => madeVisible(text.split('\n')[0] ?? '').slice(0, 100);
