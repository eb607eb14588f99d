import { parentPort, workerData } from 'node:worker_threads';
import { interpret } from './interpreter.ts';
import type { SandboxAnswer, SandboxInput } from './messages.ts';

/** The thread of one run. What comes in is of the hub's own making, so its shape is taken as said. */
const input = workerData as SandboxInput;
const early: SandboxAnswer[] = [];
let take = (answer: SandboxAnswer): void => void early.push(answer);
parentPort?.on('message', (answer: SandboxAnswer) => take(answer));
take = await interpret(input, (message) => parentPort?.postMessage(message, []));
for (const answer of early) take(answer);
