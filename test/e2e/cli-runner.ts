import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';

export const HUB_BINARY = fileURLToPath(new URL('../../hub/bin/hub.js', import.meta.url));
export const FIXTURE_SERVERS = fileURLToPath(new URL('../fixtures/servers/', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON, with `--json`. */
  readonly json: <T>(schema: z.ZodType<T>) => T;
}

/** A temporary home with a folder that stands for the user's, and the binary run as a person would. */
export interface TestHome {
  readonly home: string;
  readonly user: string;
  path(...parts: string[]): string;
  write(path: string, content: string): string;
  spawn(args: readonly string[], env?: Record<string, string>): ChildProcess;
  run(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Ran>;
  /** Stops a hub in the background and removes the folder. */
  dispose(): Promise<void>;
}

export function createTestHome(config: object = {}): TestHome {
  const root = mkdtempSync(join(tmpdir(), 'hub-cli-'));
  const home = join(root, 'home');
  const user = join(root, 'user');
  mkdirSync(join(home, 'servers'), { recursive: true });
  mkdirSync(user);
  writeFileSync(
    join(home, 'hub.config.json'),
    JSON.stringify({ listen: { port: 0 }, ...config }, undefined, 2),
  );
  const start = (args: readonly string[], env: Record<string, string> = {}) =>
    spawn(process.execPath, [HUB_BINARY, ...args], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: user, HUB_CLIENT_HOME: user, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const run: TestHome['run'] = async (args, { input = '', env } = {}) => {
    const child = start(args, env);
    // A command that reads nothing may be over before this is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr, json: (schema) => schema.parse(JSON.parse(stdout)) };
  };
  return {
    home,
    user,
    path: (...parts) => join(root, ...parts),
    write(path, content) {
      const file = join(root, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    spawn: start,
    run,
    async dispose() {
      await run(['stop']);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
