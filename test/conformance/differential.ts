import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import { REVISIONS, runSuite, type Revision, type Scenario } from './suite.ts';
import { startSubject, type Subject } from './subjects.ts';

/** One scenario of one subject, directly and over every way through the hub. */
export interface Row {
  readonly subject: string;
  readonly revision: Revision['version'];
  readonly scenario: string;
  readonly direct: Outcome;
  readonly hub: Readonly<Record<string, Outcome>>;
}

/** `absent`: the suite gave no result. */
export interface Outcome {
  readonly verdict: 'pass' | 'fail' | 'absent';
  /** `id: OUTCOME` of each check. */
  readonly checks: readonly string[];
  readonly failures: readonly string[];
}

const ABSENT: Outcome = { verdict: 'absent', checks: [], failures: [] };

/** Runs the suites of both revisions against one subject, directly and at `/mcp/s/<id>` of a hub of its own. */
export async function compareSubject(subject: Subject): Promise<Row[]> {
  const direct = await startSubject(subject);
  const routes = subject.routes(direct.url);
  const folder = makeHome({ mcpServers: routes });
  let hub: TestHub | undefined;
  try {
    hub = await startHub(folder.home);
    for (const route of Object.keys(routes)) await listed(hub, route);
    const rows: Row[] = [];
    for (const revision of REVISIONS.filter(({ version }) => subject.revisions.includes(version)))
      rows.push(
        ...(await compareRevision(revision, {
          subject,
          direct: direct.url,
          hub,
          routes: Object.keys(routes),
        })),
      );
    return rows;
  } finally {
    await hub?.stop();
    folder.remove();
    await direct.stop();
  }
}

interface Addresses {
  readonly subject: Subject;
  readonly direct: string;
  readonly hub: TestHub;
  readonly routes: readonly string[];
}

async function compareRevision(
  revision: Revision,
  { subject, direct, hub, routes }: Addresses,
): Promise<Row[]> {
  // Side by side: the suites wait more than they work.
  const [byItself, ...through] = await Promise.all([
    runSuite(revision, direct),
    ...routes.map((route) => runSuite(revision, `${hub.url}/mcp/s/${route}`)),
  ]);
  return byItself.map((scenario) => ({
    subject: subject.name,
    revision: revision.version,
    scenario: scenario.name,
    direct: outcomeOf(scenario),
    hub: Object.fromEntries(
      routes.map((route, at) => [route, outcomeOf(through[at]?.find(({ name }) => name === scenario.name))]),
    ),
  }));
}

const outcomeOf = (scenario: Scenario | undefined): Outcome =>
  scenario
    ? {
        verdict: scenario.failures.length > 0 ? 'fail' : 'pass',
        checks: scenario.checks,
        failures: scenario.failures,
      }
    : ABSENT;

/** Until the server was read: what it offers is not known before. */
async function listed(hub: TestHub, id: string, patienceMs = 20_000): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const result = await hub.rpc('tools/list', {}, `/mcp/s/${id}`).catch(() => undefined);
    if (Array.isArray(result?.['tools']) && result['tools'].length > 0) return;
    if (Date.now() > end) throw new Error(`the hub lists no tool of ${id}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

/** How the lists of expectations name a scenario of a subject, or one way of it. */
export const keyOf = ({ subject, revision, scenario }: Row, route?: string): string =>
  [subject, revision, scenario, ...(route === undefined ? [] : [route])].join('/');

/** A way through the hub whose result is not the direct one. */
export interface Difference {
  readonly route: string;
  /** `worse`: a check fails, or is not reached, that passes directly; `better`: the hub mends what fails directly. */
  readonly kind: 'worse' | 'better';
  readonly words: string;
}

/**
 * What differs, check by check. Whether a server streams an answer that it may also give whole is its own choice, which the
 * suite notes as INFO; a check counts as passed with SUCCESS or INFO.
 */
export function differences(row: Row): Difference[] {
  const direct = judged(row.direct);
  return Object.entries(row.hub).flatMap(([route, outcome]): Difference[] => {
    const hub = judged(outcome);
    const worse = [
      ...without(hub.bad, direct.bad),
      ...direct.confirmed.filter((id) => !hub.good.includes(id) && !hub.bad.includes(id)),
    ];
    const better = without(direct.bad, hub.bad);
    if (worse.length > 0)
      return [{ route, kind: 'worse', words: `${worse.join(', ')} ${outcome.failures.join('; ')}` }];
    return better.length > 0 ? [{ route, kind: 'better', words: better.join(', ') }] : [];
  });
}

function judged({ checks }: Outcome) {
  const ids = (statuses: readonly string[]) =>
    checks.flatMap((check) => {
      const [id = '', status = ''] = check.split(': ');
      return statuses.includes(status) ? [id] : [];
    });
  return { bad: ids(['FAILURE', 'WARNING']), good: ids(['SUCCESS', 'INFO']), confirmed: ids(['SUCCESS']) };
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
