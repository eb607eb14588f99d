import { hubError } from '@counterpart/schemas';
import { type AddHelpTextContext, Command, Option } from 'commander';
import type { z } from 'zod';
import { GlobalOptions, type Context } from './context.ts';

/** Headings of `hub --help`, in this order. */
export const GROUPS = {
  hub: 'The hub:',
  servers: 'Servers and tools:',
  builds: 'Building:',
  clients: 'Clients:',
} as const;

/** Command lines and what each does. */
export type Examples = readonly (readonly [line: string, meaning: string])[];

export interface OptionMore {
  readonly choices?: readonly string[];
  /** May be given several times; the input is a list. */
  readonly repeat?: boolean;
}

export interface CommandSpec<Schema extends z.ZodType> {
  readonly name: string;
  /** Name of the command that this one is a verb of. */
  readonly parent?: string;
  readonly group: keyof typeof GROUPS;
  /** One line of `hub --help`. */
  readonly summary: string;
  /** Paragraphs of the command's own help; default: the summary. */
  readonly description?: string;
  readonly alias?: string;
  /** Such as `['<server>', 'a server’s name']`, in order. */
  readonly arguments?: readonly (readonly [flags: string, description: string])[];
  readonly options?: readonly (readonly [flags: string, description: string, more?: OptionMore])[];
  readonly examples: Examples;
  /** Commands under its name that do something else, such as `hub versions accept`. */
  readonly verbs?: readonly CommandDefinition[];
  /** Arguments and options by name, parsed. */
  readonly input: Schema;
  /** The exit code, when it is not 0. */
  run(context: Context, input: z.output<Schema>): Promise<number | void>;
}

/** A command, ready to be hung into the program. */
export type CommandDefinition = (enter: EnterCommand) => Command;

/** Makes the context of one run from the global options, runs, and keeps the exit code. */
export type EnterCommand = (
  globals: GlobalOptions,
  run: (context: Context) => Promise<number | void>,
) => Promise<void>;

/** One command as data; parsing, help and examples follow from it. */
export function defineCommand<Schema extends z.ZodType>(spec: CommandSpec<Schema>): CommandDefinition {
  return (enter) => {
    const command = new Command(spec.name)
      .summary(spec.summary)
      .description(spec.description ?? `${spec.summary}.`)
      .helpGroup(GROUPS[spec.group]);
    if (spec.alias) command.alias(spec.alias);
    for (const [flags, description] of spec.arguments ?? []) command.argument(flags, description);
    for (const [flags, description, more] of spec.options ?? [])
      command.addOption(makeOption(flags, description, more));
    if (spec.verbs) addVerbs(command, spec.verbs, enter);
    command.addHelpText('after', renderExamples('Examples', spec.examples));
    command.action(async () => {
      const globals = GlobalOptions.parse(command.optsWithGlobals());
      await enter(globals, (context) => spec.run(context, parseInput(spec, command)));
    });
    return command;
  };
}

export interface CommandGroup {
  readonly name: string;
  readonly group: keyof typeof GROUPS;
  readonly summary: string;
  readonly description: string;
  /** Its verbs, in the order of its help. */
  readonly verbs: readonly CommandDefinition[];
  readonly examples: Examples;
}

/** A command that is nothing without a verb, such as `hub mirror start`. */
export function defineGroup({
  name,
  group,
  summary,
  description,
  verbs,
  examples,
}: CommandGroup): CommandDefinition {
  return (enter) => {
    const command = new Command(name)
      .summary(summary)
      .description(description)
      .usage('<verb> [options]')
      .helpCommand(false)
      .helpGroup(GROUPS[group])
      .addHelpText('after', renderExamples('Examples', examples));
    addVerbs(command, verbs, enter);
    return command;
  };
}

function addVerbs(command: Command, verbs: readonly CommandDefinition[], enter: EnterCommand): void {
  command.commandsGroup('Verbs:');
  for (const define of verbs) {
    const verb = define(enter).helpOption('-h, --help', 'Print help');
    verb.helpGroup('Verbs:');
    command.addCommand(verb);
  }
}

function makeOption(flags: string, description: string, { choices, repeat }: OptionMore = {}): Option {
  const option = new Option(flags, description);
  if (choices) option.choices(choices);
  if (repeat) option.argParser<string[]>((value, before) => [...(before ?? []), value]);
  return option;
}

function parseInput<Schema extends z.ZodType>(spec: CommandSpec<Schema>, command: Command): z.output<Schema> {
  const given = command.registeredArguments.map((argument, index): [string, unknown] => [
    argument.name(),
    command.processedArgs[index],
  ]);
  const parsed = spec.input.safeParse({ ...Object.fromEntries(given), ...command.opts() });
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues.map((issue) => describeIssue(issue, command.opts())).join('; ');
  const path = spec.parent === undefined ? spec.name : `${spec.parent} ${spec.name}`;
  throw hubError('USAGE', { detail, command: `hub ${path}` }, { cause: parsed.error });
}

/** What a length is counted in; nothing for a number. */
const unitOf = ({ origin }: { readonly origin: string }): string =>
  origin === 'string' ? ' characters long' : '';

/** In the words of the command line: names as they are written there, and what is needed. */
function describeIssue(issue: z.core.$ZodIssue, options: Readonly<Record<string, unknown>>): string {
  const name = issue.path.join('.');
  const written =
    name in options ? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}` : name;
  if (issue.code === 'invalid_type')
    return `${written}: a ${issue.expected === 'int' ? 'whole number' : issue.expected} is needed`;
  if (issue.code === 'too_small')
    return `${written}: it must be ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue)}`;
  if (issue.code === 'too_big') return `${written}: it must be at most ${issue.maximum}${unitOf(issue)}`;
  return `${written}: ${issue.message}`;
}

/** Columns of the terminal that examples are laid out for, where it has as many. */
const EXAMPLES_WIDTH = 80;

/** In two columns where all of them have their place so, else each meaning below its line. */
export const renderExamples =
  (heading: string, examples: Examples) =>
  ({ command }: AddHelpTextContext): string => {
    const place = Math.min(EXAMPLES_WIDTH, command.createHelp().helpWidth ?? EXAMPLES_WIDTH);
    const width = Math.max(...examples.map(([line]) => line.length));
    const rows = examples.map(([line, meaning]) => `  $ ${line.padEnd(width)}  ${meaning}`);
    const lines = rows.every((row) => row.length <= place)
      ? rows
      : examples.map(([line, meaning]) => `  $ ${line}\n      ${meaning}`);
    return `\n${heading}:\n${lines.join('\n')}`;
  };
