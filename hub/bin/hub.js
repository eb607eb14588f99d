#!/usr/bin/env node
// Plain JavaScript in the syntax of old Nodes: whatever Node starts it, the hub runs on the one that comes with the repository.
import { spawn } from 'node:child_process';
import nodeModule, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLOOR = 24;

if (Number(process.versions.node.split('.')[0]) >= FLOOR) {
  // What is hot while a hub starts is cold afterwards: nothing is optimised until it has started (kernel/process/optimise.ts).
  if (process.argv[2] === 'start') {
    const { changeV8Flags } = await import('../src/kernel/process/v8-flags.ts');
    changeV8Flags('--no-maglev --no-turbofan');
  }
  // Compiled code is kept between runs, which halves the start of every command.
  nodeModule.enableCompileCache?.();
  const { run } = await import('../src/cli/main.ts');
  // The shim is a client of the hub and not a part of it; only this program knows both.
  await run({
    runShim: async (options) => {
      const { runStdioShim } = await import('../../clients/connect/stdio.ts');
      await runStdioShim(options);
    },
  });
} else {
  runOnOwnNode();
}

function ownNode() {
  const require = createRequire(import.meta.url);
  try {
    const folder = dirname(require.resolve('node/package.json'));
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

function runOnOwnNode() {
  const node = ownNode();
  if (!node) {
    console.error(
      `Node ${FLOOR} is needed and this is Node ${process.versions.node}.\nRun \`npm ci\` in the hub's folder: it brings its own.`,
    );
    process.exit(5);
  }
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });
  child.on('error', (error) => {
    console.error(`Cannot start ${node}: ${error.message}\nRun \`npm ci\` in the hub's folder again.`);
    process.exit(5);
  });
  // A terminal sends Ctrl-C to the whole group, other programs only to this process: both must reach the hub once.
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : code);
  });
}
