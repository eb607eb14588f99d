import {
  type CounterpartError,
  errorCatalogue,
  type HubStatus,
  type LeftOut,
  type Manifest,
  type ServerDetail,
  toCounterpartError,
} from '@counterpart/schemas';
import type { Discovery } from '../../registry/discover.ts';
import { madeVisible } from '../../approvals/visible.ts';
import { readSecrets } from '../../interop/secrets-file.ts';
import type { Context } from '../context.ts';
import { readServersFolder } from '../server-folder.ts';
import { hubSettings } from '../settings.ts';
import { gathered } from '../output/server-table.ts';
import { count } from '../output/text/format.ts';
import { note, ok, problem, warning, type Finding } from './finding.ts';
import type { Running } from './running.ts';

/** Every server package, and every server of a running hub with its last failure. */
export async function checkServers(
  context: Context,
  { state, servers: details }: Running,
): Promise<Finding[]> {
  const { servers, problems } = readServersFolder(context);
  const broken = [...problems].map(([folder, error]) =>
    problem(
      `server ${folder}`,
      error.message,
      'Build it again, or correct what is named; `hub validate` checks it.',
    ),
  );
  const built = await Promise.all(
    [...servers.values()].map(({ id, directory, manifest }) =>
      checkBuilt(context, { id, directory, manifest, detail: details.get(id) }),
    ),
  );
  const others = [...details.values()]
    .filter(({ id }) => !servers.has(id))
    .map((detail) => failure(detail) ?? ok(`server ${detail.id}`, stateOf(detail)));
  if (servers.size + details.size + problems.size === 0)
    return [note('servers', `none in ${context.home.serversDir}; \`hub build\` makes one`)];
  const definitions = [...details.values()].flatMap(checkDefinitions);
  return [...broken, ...built, ...others, ...checkFleet(state, problems), ...definitions];
}

/** What the hub itself met: servers it cannot make, and what it does not offer of the others. */
function checkFleet(state: HubStatus | undefined, known: Discovery['problems']): Finding[] {
  if (!state) return [];
  return [
    ...state.problems
      .filter(({ server }) => !known.has(server))
      .map(({ server, detail, fix }) => problem(`server ${server}`, detail, fix)),
    ...gathered(state.leftOut).map(([{ server, kind, name, code, detail }, ...others]) =>
      warning(
        `server ${server}`,
        others.length === 0
          ? `${kind} ${name} is left out: ${detail}`
          : `${count(others.length + 1, kind)} are left out: ${detail}`,
        remedy(code, server),
      ),
    ),
  ];
}

function remedy(code: LeftOut['code'], server: string): string {
  switch (code) {
    case 'NAME_COLLISION':
      return errorCatalogue.NAME_COLLISION.fix;
    case 'TOOL_INVALID':
      return 'Correct it in the server, or ask its author to.';
    case 'TOOL_QUARANTINED':
      return `\`hub approve ${server}\` shows it and asks; \`--diff\` only shows.`;
  }
}

/** More would hide the other findings. */
const MOST_NOTICES = 5;

/** What a person should read in definitions before a model does; a notice is no verdict. */
function checkDefinitions({ id, notices }: ServerDetail): Finding[] {
  const shown = notices
    .slice(0, MOST_NOTICES)
    .map(({ tool, where, detail }) =>
      warning(
        `server ${id}`,
        madeVisible(`the definition of ${tool} ${detail} (${where})`),
        `Read it: \`hub inspect ${id}\`. If it is not meant for you, \`hub approve ${id} ${madeVisible(tool)} --reject\` takes it out.`,
      ),
    );
  const more = notices.length - shown.length;
  return more > 0
    ? [...shown, note(`server ${id}`, `${count(more, 'more notice')}: \`hub inspect ${id}\` shows them`)]
    : shown;
}

interface Built {
  readonly id: string;
  readonly directory: string;
  readonly manifest: Manifest;
  readonly detail: ServerDetail | undefined;
}

async function checkBuilt(context: Context, { id, directory, manifest, detail }: Built): Promise<Finding> {
  const check = `server ${id}`;
  const failed = detail && failure(detail);
  if (failed) return failed;
  const broken = await bundleProblem(directory, manifest);
  if (broken) return problem(check, broken.message, broken.fix);
  const override = hubSettings(context.home).config.overrides[id];
  const known = { ...readSecrets(context.home.dataDir), ...context.io.env, ...override?.env };
  const stored = await storedSecrets(context, { id, manifest, detail });
  // Settings that no description gave, such as an address, stop every call just as secrets do.
  const missing = [...manifest.secrets, ...manifest.config]
    .filter(({ name, required }) => required && known[name] === undefined && !stored.includes(name))
    .map(({ name }) => name);
  if (missing.length > 0 && override?.target !== 'mirror')
    return warning(
      check,
      `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not set`,
      `\`hub secret set ${missing[0]}\` stores it, or run \`hub target ${id} mirror\` to work without.`,
    );
  return ok(check, detail ? stateOf(detail) : count(Object.keys(manifest.tools).length, 'tool'));
}

/** Names that the vault has for a server: as the hub says that runs, else as they lie there. */
async function storedSecrets(
  { home }: Context,
  { id, manifest, detail }: Pick<Built, 'id' | 'manifest' | 'detail'>,
): Promise<readonly string[]> {
  if (detail)
    return manifest.secrets.map(({ name }) => name).filter((name) => !detail.missingSecrets.includes(name));
  const { storedNames } = await import('../../vault/stored-names.ts');
  // A database that cannot be read is a finding of its own.
  return storedNames(home.dataDir, id).catch(() => []);
}

/** What keeps a package from being bundled; one that was edited is bundled here as the next start would. */
async function bundleProblem(directory: string, manifest: Manifest): Promise<CounterpartError | undefined> {
  if (manifest.entry === manifest.source) return undefined;
  const { ensureBundle } = await import('../../builder/ensure-bundle.ts');
  try {
    await ensureBundle(directory);
    return undefined;
  } catch (error) {
    return toCounterpartError(error);
  }
}

/** The newest lines of standard error say most about a failure. */
const TAIL_LINES = 5;

function failure(detail: ServerDetail): Finding | undefined {
  if (detail.problem === undefined || !detail.enabled) return undefined;
  // Of a start that failed the last words are part of the problem already.
  const shown = detail.problem.includes('\n') ? [] : detail.stderr;
  const tail = shown
    .slice(-TAIL_LINES)
    .map((line) => `\n  │ ${line}`)
    .join('');
  const fix =
    detail.state === 'quarantined'
      ? `Mend the cause, then \`hub enable ${detail.id}\` starts it anew.`
      : `\`hub logs ${detail.id}\` shows more; \`hub restart ${detail.id}\` tries again.`;
  return problem(`server ${detail.id}`, `${detail.state}: ${detail.problem}${tail}`, fix);
}

const stateOf = ({ state, enabled, toolNames }: ServerDetail): string =>
  `${enabled ? (state === 'stopped' ? 'asleep' : state) : 'disabled'}, ${count(toolNames.length, 'tool')}`;
