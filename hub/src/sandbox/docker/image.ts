import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { z } from 'zod';
import { NODE_INSIDE, nodeFiles, type NodeFiles } from '../node-files.ts';

const run = promisify(execFile);
const REPOSITORY = 'counterpart-sandbox';

/**
 * The image that jobs run in: the running Node with the libraries it needs, and nothing else, not even a shell. It is
 * made on this machine, from no registry, once for each content; its tag is the hash of that. Resolves to its name.
 */
export async function ensureImage(engine: Docker): Promise<string> {
  const files = await nodeFiles();
  const tag = await contentHash(files);
  const name = `${REPOSITORY}:${tag}`;
  const present = await engine
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (!present) await importImage(engine, files, tag);
  return name;
}

const HASH_CHARACTERS = 16;
/** To be raised when what stands around the files changes. */
const RECIPE = '1';

async function contentHash({ node, libraries }: NodeFiles): Promise<string> {
  const hash = createHash('sha256').update(RECIPE);
  for (const path of [node, ...libraries]) {
    hash.update(path);
    for await (const part of createReadStream(path)) hash.update(z.instanceof(Buffer).parse(part));
  }
  return hash.digest('hex').slice(0, HASH_CHARACTERS);
}

async function importImage(engine: Docker, { node, libraries }: NodeFiles, tag: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'counterpart-image-'));
  try {
    for (const [from, to] of [
      [node, NODE_INSIDE] as const,
      ...libraries.map((path) => [path, path] as const),
    ]) {
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
