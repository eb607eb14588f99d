import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import {
  CounterpartError,
  errorCatalogue,
  hubError,
  toCounterpartError,
  toProblem,
} from '@counterpart/schemas';
import { CommanderError, type Command } from 'commander';
import { z } from 'zod';
import { didYouMean } from '../kernel/nearest.ts';
import { endProcess } from '../kernel/process/end.ts';
import type { EnterCommand } from './command.ts';
import { commandsFor } from './commands/needed.ts';
import { calledFor, createContext } from './context.ts';
import { processIo, type Io, type RunShim } from './io.ts';
import { renderProblem } from './output/problem.ts';
import { wrap } from './output/text/wrap.ts';
import { unwritableOutput } from './output/write-given.ts';
import { createProgram } from './program.ts';

const INTERRUPTED = 130;

/** Runs the command line of this process and ends it with the command's exit code. */
export async function run(outside: { readonly runShim: RunShim }): Promise<void> {
  const io = processIo(outside.runShim);
  const interrupt = interruptible();
  let unread: number | undefined;
  process.stdout.on('error', (cause: Error) => {
    unread ??= endReading(cause, io);
    interrupt.abort();
  });
  process.stderr.on('error', () => undefined);
  const code = await execute(process.argv.slice(2), io, interrupt.signal);
  await Promise.all([drained(io.stdout), drained(io.stderr)]);
  endProcess(unread ?? code);
}

/** The exit code where output cannot be written. A reader that has seen enough (`hub list | head`) is no failure, a full disk is. */
function endReading(cause: Error, { stderr, colours, program, width }: Io): number {
  if ('code' in cause && cause.code === 'EPIPE') return 0;
  const problem = toProblem(toCounterpartError(unwritableOutput('standard output', cause)));
  stderr.write(renderProblem(problem, { colours: colours.stderr, program, width }));
  return errorCatalogue.OUTPUT_UNWRITABLE.exit;
}

/** The first Ctrl-C or TERM asks the command to end, the second ends the process. */
function interruptible(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) endProcess(INTERRUPTED);
      controller.abort();
    });
  return controller;
}

const drained = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });

/** Runs one command line; resolves with the exit code and never rejects. */
export async function execute(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  let code = 0;
  const enter: EnterCommand = async (globals, command) => {
    code = (await command(createContext(io, globals, signal))) ?? 0;
  };
  const program = prepare(
    createProgram(await commandsFor(argv), { version: readVersion(), width: io.width }, enter),
    io,
  );
  try {
    // Nothing said is a question, not a mistake.
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    if (signal.aborted && isInterruption(thrown)) return INTERRUPTED;
    return report(thrown, { argv, io, program });
  }
}

/** Whether something failed only because it was told to end: an error of the hub may have that as its cause. */
function isInterruption(thrown: unknown): boolean {
  if (!(thrown instanceof CounterpartError)) return true;
  for (let cause = thrown.cause; cause instanceof Error; cause = cause.cause)
    if (cause.name === 'AbortError') return true;
  return false;
}

/** Every command throws instead of ending the process, and writes to this run's streams. */
function prepare(command: Command, io: Io): Command {
  command.exitOverride().configureOutput({
    // Commander breaks descriptions only; a usage line and examples may be wider than the terminal too.
    writeOut: (text) => void io.stdout.write(wrap(text, io.width)),
    // Reported below, in the shape of every other error, and without the whole help before it.
    writeErr: () => undefined,
    outputError: () => undefined,
  });
  for (const child of command.commands) prepare(child, io);
  return command;
}

interface Failed {
  readonly argv: readonly string[];
  readonly io: Io;
  readonly program: Command;
}

/** What a command can be called by. */
const namesOf = (command: Command): string[] => [command.name(), ...command.aliases()];

function report(thrown: unknown, failed: Failed): number {
  const { argv, io } = failed;
  const error = thrown instanceof CommanderError ? usageError(thrown, failed) : toCounterpartError(thrown);
  const problem = toProblem(error);
  io.report?.({ problem });
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (flags.includes('--json')) io.stdout.write(`${JSON.stringify({ error: problem }, undefined, 2)}\n`);
  else {
    const { width } = io;
    const program = calledFor(io.program, homeIn(flags));
    io.stderr.write(renderProblem(problem, { colours: io.colours.stderr, program, width }));
  }
  if (io.env['HUB_DEBUG'] === '1') io.stderr.write(`${stackOf(thrown)}\n`);
  return errorCatalogue[error.code].exit;
}

/** As commander reads it: what is wrong may be the command line itself. */
function homeIn(flags: readonly string[]): string | undefined {
  const at = flags.findLastIndex((flag) => flag === '--home' || flag.startsWith('--home='));
  return flags[at] === '--home' ? flags[at + 1] : flags[at]?.slice('--home='.length);
}

function usageError(error: CommanderError, { argv, program }: Failed): CounterpartError {
  // Commander's own word for it, after it has printed the help, says nothing.
  if (error.code === 'commander.help') return unknownCommand(argv, program);
  const called = calledIn(argv, program);
  const command = ['hub', ...called.map((each) => each.name())].join(' ');
  const said = error.message.replace(/^error: /, '');
  const detail = said.charAt(0).toUpperCase() + said.slice(1) + nearTo(error, [program, ...called]);
  return hubError('USAGE', { detail, command }, { cause: error });
}

/** The command that was called, with its verb where it has verbs. */
function calledIn(argv: readonly string[], { commands }: Command): Command[] {
  const at = argv.findIndex((word) => commands.some((command) => namesOf(command).includes(word)));
  const found = commands.find((command) => namesOf(command).includes(argv[at] ?? ''));
  return found === undefined ? [] : [found, ...calledIn(argv.slice(at + 1), found)];
}

/** What may have been meant by a command or an option that there is none of; commander itself takes `nope` for `people`. */
function nearTo({ code, message }: CommanderError, called: readonly Command[]): string {
  const [, word = ''] = /'(.*)'/.exec(message) ?? [];
  let near = '';
  if (code === 'commander.unknownCommand')
    near = didYouMean(word, called.at(-1)?.commands.flatMap(namesOf) ?? []);
  if (code === 'commander.unknownOption' && word.startsWith('--')) {
    const options = called.flatMap((command) => command.createHelp().visibleOptions(command));
    const names = options.flatMap(({ long }) => long?.slice('--'.length) ?? []);
    near = didYouMean(word.slice('--'.length), names).replaceAll(/(?<=(?:mean|or) )/g, '--');
  }
  return near === '' ? '' : `.${near}`;
}

/** For `hub help lsit`, and for options that stand without a command. */
function unknownCommand(argv: readonly string[], program: Command): CounterpartError {
  const commands = program.commands.flatMap(namesOf);
  const word = argv.includes('help') ? argv[argv.indexOf('help') + 1] : undefined;
  if (word !== undefined) {
    const detail = `Unknown command '${word}'.${didYouMean(word, commands)}`;
    return hubError('USAGE', { detail, command: 'hub' });
  }
  const group = argv
    .map((each) => program.commands.find((command) => namesOf(command).includes(each)))
    .find((command) => command !== undefined);
  if (group === undefined) return hubError('USAGE', { detail: 'A command is missing.', command: 'hub' });
  const verbs = group.commands.map((verb) => verb.name()).join(', ');
  return hubError('USAGE', { detail: `A verb is missing: ${verbs}.`, command: `hub ${group.name()}` });
}

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error
    ? `${thrown.stack}${thrown.cause === undefined ? '' : `\nbecause ${stackOf(thrown.cause)}`}`
    : String(thrown);

const Package = z.object({ version: z.string() });

function readVersion(): string {
  return Package.parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
    .version;
}
