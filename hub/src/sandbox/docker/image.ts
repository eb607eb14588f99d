import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { z } from 'zod';
import { NODE_INSIDE, nodeFiles, type NodeFiles } from '../node-files.ts';

const run = promisify(execFile);
const REPOSITORY = 'counterpart-sandbox';

/** The program that waits for its job, as the image has it. */
export const SPARE_INSIDE = '/run/counterpart/spare-inside.mjs';
const PROGRAMS = ['spare-inside.mjs', 'become.mjs'].map((name) => ({
  from: fileURLToPath(new URL(`../../../bin/${name}`, import.meta.url)),
  to: join(dirname(SPARE_INSIDE), name),
}));

/**
 * The image that jobs run in: the running Node with the libraries it needs, a program that waits for a job, and nothing
 * else, not even a shell. It is made on this machine, from no registry, once for each content; its tag is the hash of that.
 * Resolves to its name.
 */
export async function ensureImage(engine: Docker): Promise<string> {
  const files = await nodeFiles();
  const content = contentOf(files);
  const tag = await contentHash(content);
  const name = `${REPOSITORY}:${tag}`;
  const present = await engine
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (!present) await importImage(engine, content, tag);
  return name;
}

/** A file of this machine, and where the image has it. */
interface ImageFile {
  readonly from: string;
  readonly to: string;
}

const contentOf = ({ node, libraries }: NodeFiles): ImageFile[] => [
  { from: node, to: NODE_INSIDE },
  ...libraries.map((path) => ({ from: path, to: path })),
  ...PROGRAMS,
];

const HASH_CHARACTERS = 16;
/** To be raised when what stands around the files changes. */
const RECIPE = '2';

async function contentHash(content: readonly ImageFile[]): Promise<string> {
  const hash = createHash('sha256').update(RECIPE);
  for (const { from, to } of content) {
    hash.update(to);
    for await (const part of createReadStream(from)) hash.update(z.instanceof(Buffer).parse(part));
  }
  return hash.digest('hex').slice(0, HASH_CHARACTERS);
}

async function importImage(engine: Docker, content: readonly ImageFile[], tag: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'counterpart-image-'));
  try {
    for (const { from, to } of content) {
      await mkdir(join(root, dirname(to)), { recursive: true });
      await copyFile(from, join(root, to));
    }
    await run('chmod', ['-R', 'a+rX', root]);
    await mkdir(join(root, 'tmp'));
    // The memory that is mounted there takes its rights; a mode given to mkdir is cut by the mask.
    await chmod(join(root, 'tmp'), 0o1777);
    const tar = spawn('tar', ['-C', root, '--owner=0', '--group=0', '--numeric-owner', '-c', '.'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const progress = await engine.importImage(tar.stdout, { repo: REPOSITORY, tag });
    for await (const _ of progress);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
