import type { VersionDiff, VersionList, VersionSummary } from '@counterpart/schemas';
import { madeVisible } from '../../approvals/visible.ts';
import { broken, count } from './text/format.ts';
import type { Paint } from './text/paint.ts';
import { renderTable } from './text/table.ts';

const HEADINGS = ['', 'VERSION', 'HASH', 'INSTALLED', 'APPROVED BY', 'AUTHOR', 'TOOLS', 'SOURCE'];
/** The same digits as in a version's name. */
const HASH_END = 'sha256-'.length + 12;

/** The versions of a server, a row each, and what is to be known of them all. */
export function renderVersions(list: VersionList, paint: Paint, width: number): string {
  const { versions, standing, key } = list;
  const rows = versions.map((version) => rowOf(version, paint));
  return [
    ...(rows.length === 0 ? [] : [renderTable(HEADINGS.map(paint.faint), rows, width)]),
    ...versions.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [`${paint.bad('✗')} ${name}: ${problem}`],
    ),
    STANDINGS[standing](list, paint),
    ...(key === undefined ? [] : [paint.faint(`this hub signs with the key ${key.id}: ${key.publicKey}`)]),
  ].join('\n');
}

function rowOf(version: VersionSummary, paint: Paint): string[] {
  const { approval, author, source } = version;
  return [
    version.active ? paint.good('●') : '',
    paint.strong(version.version),
    version.content.slice('sha256-'.length, HASH_END),
    version.installedAt.slice(0, 16).replace('T', ' '),
    `${approval?.by ?? paint.warn('nobody')}${version.unsafeLocal === true ? paint.bad(' (tested without a sandbox)') : ''}`,
    author.name === undefined ? author.kind : `${author.kind} ${author.name}`,
    String(version.tools.length),
    madeVisible(source?.location ?? ''),
  ];
}

const STANDINGS: Readonly<Record<VersionList['standing'], (list: VersionList, paint: Paint) => string>> = {
  signed: ({ server, versions }) => {
    const before = versions.find(({ active }) => active)?.before;
    return versions.some(({ content }) => content === before)
      ? `\`hub rollback ${server}\` takes the version before the one in use.`
      : `\`hub rollback ${server} <version>\` takes another one.`;
  },
  unsigned: ({ server }) =>
    `${server} is unsigned: it is started as it lies there. \`hub versions accept ${server}\` signs it.`,
  changed: ({ server }, paint) =>
    `${paint.bad('✗')} What lies in the servers folder is none that was approved, and is not started.\n  ${paint.good('→')} \`hub rollback ${server}\` puts back what was, \`hub versions accept ${server}\` approves it`,
  removed: ({ server }) => `${server} was removed; \`hub rollback ${server}\` brings it back.`,
};

/** What two versions do not have in common. */
export function renderVersionDiff(diff: VersionDiff, paint: Paint): string {
  const tools = diff.tools.map(({ kind, tool, breaking, details }) => {
    const mark = breaking ? paint.bad('!') : paint.faint(kind === 'added' ? '+' : '·');
    return [`  ${mark} ${tool} ${kind}`, ...details.map((detail) => `      ${detail}`)].join('\n');
  });
  const lists = (['hosts', 'paths', 'secrets', 'dependsOn'] as const).flatMap((name) => [
    ...diff[name].added.map((each) => `  ${paint.warn('+')} ${NAMES[name]} ${each}`),
    ...diff[name].removed.map((each) => `  ${paint.faint('-')} ${NAMES[name]} ${each}`),
  ]);
  const files = diff.files.map(({ path, kind }) => `  ${MARKS[kind]} ${path}`);
  const isEmpty = tools.length + lists.length + files.length === 0;
  return [
    `${diff.before} → ${diff.after}`,
    ...tools,
    ...lists,
    ...(files.length === 0 ? [] : [paint.faint(count(files.length, 'file')), ...files.map(paint.faint)]),
    isEmpty ? 'They are the same.' : verdict(diff, paint),
  ].join('\n');
}

const NAMES = { hosts: 'host', paths: 'path', secrets: 'secret', dependsOn: 'needs' } as const;
const MARKS = { added: '+', removed: '-', changed: '·' } as const;

const verdict = ({ tools, breaking }: VersionDiff, paint: Paint): string =>
  breaking > 0
    ? `${paint.bad('✗')} ${count(tools.length, 'change')} of tools, ${broken(breaking, tools.length)}.`
    : `${paint.good('✓')} ${count(tools.length, 'change')} of tools, none breaks a caller.`;
