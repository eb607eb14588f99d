import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCatalogue, type HubStatus, toCounterpartError } from '@counterpart/schemas';
import { readSecrets, secretsFile } from '../../interop/secrets-file.ts';
import { makeFolder } from '../../kernel/files/make-folder.ts';
import type { Context } from '../context.ts';
import { systemReason } from '../../kernel/files/system-reason.ts';
import { isFree } from '../running/is-free.ts';
import { tokenFile, type HubPresence } from '../running/running-hub.ts';
import { hubSettings } from '../settings.ts';
import { note, ok, problem, warning, type Finding } from './finding.ts';
import type { Running } from './running.ts';

const NODE_FLOOR = 24;

/** Node, home, data folder, token, configuration, port and the hub's process. */
export async function checkHub(context: Context, running: Running): Promise<Finding[]> {
  const { home } = context;
  const { presence, state } = running;
  return [
    checkNode(process.versions.node),
    ok('home', `${home.directory} (${home.reason})`),
    checkData(context),
    ...(await checkDatabase(context, presence)),
    ...checkInstalling(context),
    checkPrivate('token', tokenFile(home)),
    checkPrivate('secrets', secretsFile(home.dataDir)),
    ...checkConfig(context),
    ...checkUse(state),
    ...(state?.misnamed ?? []).map(({ setting, detail, fix }) =>
      warning('config', `${setting}: ${detail}`, fix),
    ),
    checkPresence(presence),
    await checkPort(context, presence),
  ];
}

function checkNode(version: string): Finding {
  if (Number(version.split('.')[0]) >= NODE_FLOOR) return ok('node', `Node ${version}`);
  return problem(
    'node',
    `Node ${version}; ${NODE_FLOOR} is needed`,
    'Run `npm ci` in the hub’s folder: it brings its own.',
  );
}

function checkData({ home }: Context): Finding {
  try {
    makeFolder(home.dataDir, 0o700);
    accessSync(home.dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    tryWriting(join(home.dataDir, `.doctor-${process.pid}`));
    return ok('data', home.dataDir);
  } catch (error) {
    const detail = systemReason(error);
    return problem('data', `Cannot write to ${home.dataDir}: ${detail}`, errorCatalogue.DATA_UNWRITABLE.fix);
  }
}

/** A running hub has it open, and so can use it. */
async function checkDatabase({ home }: Context, presence: HubPresence): Promise<Finding[]> {
  const file = join(home.dataDir, 'hub.db');
  if (presence.kind === 'running' || !existsSync(file)) return [];
  const { openStore } = await import('../../store/store.ts');
  try {
    await (await openStore(file)).destroy();
    return [];
  } catch (error) {
    const { message, fix } = toCounterpartError(error);
    return [problem('database', message, fix)];
  }
}

/** A hub serves from a folder that can only be read, which may be meant so; nothing can be installed there. */
function checkInstalling({ home: { serversDir } }: Context): Finding[] {
  let there = serversDir;
  while (!existsSync(there)) there = dirname(there);
  try {
    tryWriting(join(there, `.doctor-${process.pid}`));
    return [];
  } catch (error) {
    return [
      warning(
        'servers',
        `Nothing can be built or installed: cannot write to ${serversDir}: ${systemReason(error)}`,
        'Make the folder writable, free some space, or set `serversDir` in hub.config.json.',
      ),
    ];
  }
}

/** Less than one act of a hub can write. */
const PROBE = Buffer.alloc(64 * 1024);

/** Rights say nothing of a full disk or a spent quota; only writing does. */
function tryWriting(file: string): void {
  try {
    writeFileSync(file, PROBE, { mode: 0o600, flush: true });
  } finally {
    rmSync(file, { force: true });
  }
}

/** Bits of group and others. */
const FOREIGN_BITS = 0o077;

function checkPrivate(check: string, file: string): Finding {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return note(check, `none yet (${file})`);
  if (process.platform === 'win32' || (found.mode & FOREIGN_BITS) === 0)
    return ok(check, `${file}, readable by you only`);
  return problem(check, `${file} can be read by others of this machine`, `chmod 600 ${file}`);
}

const REFERENCE = /\$\{env:([A-Za-z_]\w*)\}/g;

function checkConfig({ home, io }: Context): Finding[] {
  if (!existsSync(home.configFile)) return [note('config', `no ${home.configFile}; the defaults serve`)];
  const { problem: broken, config } = hubSettings(home);
  if (broken !== undefined)
    return [
      problem(
        'config',
        `${home.configFile} is not in use:\n${broken}`,
        'Correct the named fields; `hub undo` takes back the last change a command made.',
      ),
    ];
  const known = { ...readSecrets(home.dataDir), ...io.env };
  const names = new Set([...JSON.stringify(config).matchAll(REFERENCE)].map(([, name = '']) => name));
  const missing = [...names].filter((name) => known[name] === undefined);
  return [
    ok('config', home.configFile),
    ...missing.map((name) =>
      warning(
        'config',
        `${name} is referenced and not set`,
        `Set ${name} where the hub starts, or add it to ${secretsFile(home.dataDir)}.`,
      ),
    ),
  ];
}

/** What a running hub makes of its configuration. */
const checkUse = (state: HubStatus | undefined): Finding[] => [
  ...(state?.config.notes ?? []).map((text) =>
    warning('config', text, 'Write it so in hub.config.json, and this note goes away.'),
  ),
  ...(state?.config.needsRestart ?? []).map((setting) =>
    warning(
      'config',
      `${setting} was changed and is not in effect yet`,
      '`hub stop` and `hub start` bring it about.',
    ),
  ),
];

function checkPresence(presence: HubPresence): Finding {
  switch (presence.kind) {
    case 'running':
      return ok('hub', `runs at ${presence.record.url} (process ${presence.record.pid})`);
    case 'starting':
      return note('hub', `process ${presence.record.pid} is starting`);
    case 'silent':
      return problem(
        'hub',
        `process ${presence.record.pid} lives and does not answer at ${presence.record.url}`,
        '`hub stop` ends it; `hub start` starts another.',
      );
    case 'stale':
      return warning(
        'hub',
        'does not run; it did not end by itself the last time',
        '`hub start` starts it and tidies up; `hub logs` shows how it ended.',
      );
    case 'none':
      return note('hub', 'does not run; `hub start` starts it');
  }
}

async function checkPort({ home }: Context, presence: HubPresence): Promise<Finding> {
  const { host, port } = hubSettings(home).config.listen;
  if (presence.kind === 'running' || presence.kind === 'starting') return ok('port', 'in use by the hub');
  if (await isFree({ host, port }))
    return ok('port', port === 0 ? 'a free one is taken' : `${port} on ${host} is free`);
  return problem(
    'port',
    `${port} on ${host} is taken by another program`,
    '`hub start --port 0` takes a free one; `listen.port` in hub.config.json sets another.',
  );
}
