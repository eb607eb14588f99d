import type { HubStatus, LeftOut, ServerSummary } from '@counterpart/schemas';
import { madeVisible } from '../../approvals/visible.ts';
import { count, paintState } from './text/format.ts';
import type { Paint } from './text/paint.ts';
import { renderTable } from './text/table.ts';

const HEADINGS = ['SERVER', 'STATE', 'TOOLS', 'KIND', 'TARGET', 'VERSION', 'NOTE'];

/** All servers, a row each. */
export function renderServers(servers: readonly ServerSummary[], paint: Paint, width: number): string {
  const rows = servers.map((server) => [
    paint.strong(server.id),
    paintState(server.state, server.enabled, paint),
    String(server.tools),
    server.kind,
    server.target ?? '',
    server.version ?? '',
    noteOf(server),
  ]);
  return renderTable(HEADINGS.map(paint.faint), rows, width);
}

function noteOf(server: ServerSummary): string {
  const notes = [
    ...(server.missingSecrets.length > 0 && server.target !== 'mirror'
      ? [`needs ${server.missingSecrets.join(', ')}`]
      : []),
    ...(server.awaitingApproval === 0
      ? []
      : [`${count(server.awaitingApproval, 'tool')} left out until \`hub approve ${server.id}\``]),
    ...(server.instances === 0 ? [] : [count(server.instances, 'instance')]),
    ...(server.problem === undefined ? [] : [firstSentence(server.problem)]),
    ...(server.stale && server.listed ? ['listed from memory'] : []),
  ];
  return notes.join('; ') || (server.title ?? '');
}

/** Without the words that lead over to the rows below. */
const firstSentence = (problem: string): string => (problem.split('\n')[0] ?? '').replace(/;[^;]*:$/, '');

/** Why a changed configuration is not in use. */
export const renderConfigProblem = (problem: string, paint: Paint): string =>
  `${paint.bad('✗')} ${problem.replaceAll('\n', '\n  ')}\n  what ran before keeps running`;

/** What the hub itself offers as a server does; nothing when it offers nothing. */
export function renderOwn(ownServers: HubStatus['ownServers']): string[] {
  const each = ownServers.map(({ id, tools, prompts }) => {
    const own = [
      ...(tools > 0 ? [count(tools, 'tool')] : []),
      ...(prompts > 0 ? [count(prompts, 'prompt')] : []),
    ];
    return `${id} (${own.join(', ')})`;
  });
  return each.length === 0 ? [] : [`The hub itself offers ${each.join(', ')}.`];
}

/** Servers that cannot be served as they stand, each with its remedy; nothing when there are none. */
export const renderBroken = (problems: HubStatus['problems'], paint: Paint): string[] =>
  problems.flatMap(({ server, detail, fix }) => [
    `${paint.bad('✗')} ${paint.strong(server)}: ${detail.replaceAll('\n', '\n  ')}`,
    `  ${paint.good('→')} ${fix}`,
  ]);

/** What servers list and the hub does not offer; nothing when there is none. */
export const renderLeftOut = (leftOut: readonly LeftOut[], paint: Paint): string[] =>
  gathered(leftOut).map(([first, ...others]) => {
    const { server, kind, name, detail } = first;
    const [what, verb] =
      others.length === 0
        ? [`${kind} ${paint.strong(madeVisible(name))}`, 'is']
        : [paint.strong(count(others.length + 1, kind)), 'are'];
    return `${paint.warn('!')} ${what} of ${server} ${verb} left out: ${madeVisible(detail)}`;
  });

/** More of one server with one reason would hide what else there is. */
const MOST_NAMED = 5;

/** What is left out of one server for one reason is told in one, where it is much. */
export function gathered(leftOut: readonly LeftOut[]): [LeftOut, ...LeftOut[]][] {
  const groups = Map.groupBy(leftOut, ({ server, kind, code, detail }) =>
    JSON.stringify([server, kind, code, detail]),
  );
  return [...groups.values()].flatMap((group): [LeftOut, ...LeftOut[]][] => {
    const [first, ...others] = group;
    if (first !== undefined && group.length > MOST_NAMED) return [[first, ...others]];
    return group.map((each) => [each]);
  });
}
