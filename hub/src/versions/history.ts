import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { hubError, type VersionProvenance } from '@counterpart/schemas';
import type { KeptVersion } from './kept.ts';
import { listPackage } from './package/content.ts';
import { serverDir, type VersionsAt, versionsDir } from './places.ts';

/** The history of a server's versions: a bare git repository. */
const historyDir = (at: Pick<VersionsAt, 'dataDir'>, id: string): string =>
  join(serverDir(at, id), 'history.git');

const AUTHOR = 'Counterpart <hub@localhost>';
const BRANCH = 'refs/heads/main';
/** Another process may commit between our look at the branch and our commit. */
const ATTEMPTS = 5;

/**
 * Commits a version to the history of its server and tags it, unless that was done. Where git is missing or fails the hub
 * goes on without: the versions themselves do not depend on it.
 */
export async function commitVersion(version: KeptVersion, at: VersionsAt): Promise<void> {
  const dir = historyDir(at, version.provenance.server);
  try {
    const git: Git = (args, input) => runGit({ dir, args, input, path: at.path });
    if (!existsSync(join(dir, 'HEAD'))) await makeHistory(dir, git);
    for (let attempt = 1; !(await isCommitted(version, git)); attempt += 1) {
      const { code, said } = await git(['fast-import', '--quiet'], await streamOf(version, git));
      if (code !== 0 && attempt >= ATTEMPTS) throw gitFailed(said);
    }
    rmSync(saidBefore(at), { force: true });
  } catch (cause) {
    sayOnce(cause, version.provenance.server, at);
  }
}

/** A file that says that the owner knows: told once, not with every version. */
const saidBefore = (at: VersionsAt): string => join(versionsDir(at), '.no-history');

function sayOnce(cause: unknown, server: string, at: VersionsAt): void {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const why = isMissing ? 'git is not installed' : cause instanceof Error ? cause.message : String(cause);
  if (existsSync(saidBefore(at))) return;
  at.note(`The history of ${server} was not written: ${why}. Versions are kept without it.`);
  try {
    writeFileSync(saidBefore(at), `${why}\n`);
  } catch {
    // Then it is said again.
  }
}

const gitFailed = (said: string) => hubError('INTERNAL', { detail: `git: ${said.trim().split('\n')[0]}` });

/** No template, so no hook. */
async function makeHistory(dir: string, git: Git): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { code, said } = await git(['init', '--bare', '--quiet', '--template=', dir]);
  if (code !== 0) throw gitFailed(said);
  await git(['symbolic-ref', 'HEAD', BRANCH]);
}

/** A version that comes twice under one number has the second time its hash in the tag. */
const tagsOf = ({ name, provenance: { version } }: KeptVersion): [string, string] => [
  `refs/tags/v${version}`,
  `refs/tags/v${version}+${name.slice(-12)}`,
];

async function isCommitted(version: KeptVersion, git: Git): Promise<boolean> {
  const trailer = `Content: ${version.provenance.content}`;
  for (const tag of tagsOf(version)) {
    const { code, out } = await git(['log', '-1', '--format=%B', tag, '--']);
    if (code === 0 && out.includes(trailer)) return true;
  }
  return false;
}

/** The commands of git-fast-import(1): bytes go in as they are, whatever attributes and filters somebody has configured. */
async function streamOf(version: KeptVersion, git: Git): Promise<Buffer> {
  const [plain, unique] = tagsOf(version);
  const isTaken = (await git(['rev-parse', '--verify', '--quiet', plain])).code === 0;
  const parent = (await git(['rev-parse', '--verify', '--quiet', BRANCH])).out.trim();
  const when = `${Math.floor(Date.parse(version.provenance.installedAt) / 1000)} +0000`;
  const parts: Buffer[] = [];
  const line = (words: string): number => parts.push(Buffer.from(`${words}\n`));
  const data = (bytes: Buffer): void => {
    line(`data ${bytes.length}`);
    parts.push(bytes, Buffer.from('\n'));
  };
  line(`commit ${BRANCH}`);
  line('mark :1');
  line(`author ${AUTHOR} ${when}`);
  line(`committer ${AUTHOR} ${when}`);
  data(Buffer.from(messageOf(version.provenance)));
  if (parent !== '') line(`from ${parent}`);
  line('deleteall');
  for (const { path, executable } of await listPackage(version.packageDir)) {
    line(`M ${executable ? '100755' : '100644'} inline ${JSON.stringify(path)}`);
    data(await readFile(join(version.packageDir, path)));
  }
  line(`reset ${isTaken ? unique : plain}`);
  line('from :1');
  line('done');
  return Buffer.concat(parts);
}

/** Facts, one a line. */
function messageOf(provenance: VersionProvenance): string {
  const { server, version, author, approval, source, content, before, blueprint, toolkit } = provenance;
  const facts: [string, string | undefined][] = [
    ['Author', author.name === undefined ? author.kind : `${author.kind} ${author.name}`],
    ['Approved-by', approval?.by],
    ['Source', source && `${source.location} ${source.hash}`],
    ['Blueprint', blueprint],
    ['Toolkit', toolkit],
    ['Before', before],
    ['Content', content],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${server} ${version}\n\n${lines.join('\n')}\n`;
}

interface GitSaid {
  readonly code: number | null;
  readonly out: string;
  /** On standard error. */
  readonly said: string;
}

type Git = (args: readonly string[], input?: Buffer) => Promise<GitSaid>;

interface GitRun {
  readonly dir: string;
  readonly args: readonly string[];
  readonly input: Buffer | undefined;
  readonly path: string | undefined;
}

/** Runs git on one repository: no configuration of the user or the system, no hook, no prompt, and nothing is ever pushed. */
async function runGit({ dir, args, input, path }: GitRun): Promise<GitSaid> {
  const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-c', 'safe.directory=*'];
  const child = spawn('git', [...safe, `--git-dir=${dir}`, ...args], {
    cwd: dir,
    env: {
      PATH: path,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Git that ends before it has read everything says why on standard error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const [code, out, said] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, said };
}
