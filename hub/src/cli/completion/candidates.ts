import type { Argument, Command, Option } from 'commander';

/** Kinds of names: those that a hub knows, of clients, and of shells. */
export type NameKind =
  | 'servers'
  | 'tools'
  | 'flows'
  | 'prompts'
  | 'secrets'
  | 'people'
  | 'providers'
  | 'clients'
  | 'shells';

/** One word that may stand where somebody asked. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Where names have to be asked for, these; else what the command line itself can have there. */
export interface Candidates {
  readonly words: readonly Candidate[];
  readonly names: readonly NameKind[];
}

const NOTHING: Candidates = { words: [], names: [] };

/** What `<name>` means, by the command it belongs to; elsewhere it is a new name. */
const NAMED_BY: Readonly<Record<string, readonly NameKind[]>> = {
  flow: ['flows'],
  prompts: ['prompts'],
  secret: ['secrets'],
  people: ['people'],
  providers: ['providers'],
  mirror: ['servers'],
  inspect: ['servers', 'tools'],
};
const KINDS: Readonly<Record<string, readonly NameKind[]>> = {
  server: ['servers'],
  tool: ['tools'],
  tools: ['tools'],
  client: ['clients'],
  shell: ['shells'],
};

/** What can stand in the place of the last word. Pure. */
export function candidatesAt(program: Command, words: readonly string[]): Candidates {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  let command = program;
  let places = 0;
  for (let at = 0; at < before.length; at += 1) {
    const word = before[at] ?? '';
    if (word === '--') return NOTHING;
    if (word.startsWith('-')) {
      const option = optionOf(command, word);
      const hasValue = option !== undefined && takesValue(option) && !word.includes('=');
      if (hasValue && at === before.length - 1) return valuesOf(option);
      if (hasValue) at += 1;
      continue;
    }
    const next = command.commands.find((each) => [each.name(), ...each.aliases()].includes(word));
    if (next === undefined) places += 1;
    else [command, places] = [next, 0];
  }
  return current.startsWith('-') ? optionsAt(command, current) : placesAt(command, places);
}

function optionsAt(command: Command, current: string): Candidates {
  const [flag = '', value] = current.split(/=(.*)/s, 2);
  if (value !== undefined) {
    const option = optionOf(command, flag);
    const { words, names } = option === undefined ? NOTHING : valuesOf(option);
    // Their values come with the option that they belong to, as they are typed.
    return { words: words.map((word) => ({ ...word, value: `${flag}=${word.value}` })), names };
  }
  const words = everyOption(command).flatMap(({ long, description }) =>
    long == null ? [] : [{ value: long, description }],
  );
  return { words, names: [] };
}

function placesAt(command: Command, places: number): Candidates {
  const verbs = places > 0 ? [] : command.commands.filter((each) => !each.name().startsWith('_'));
  const argument = command.registeredArguments[places] ?? lastVariadic(command);
  return {
    words: [
      ...verbs.map((each) => ({ value: each.name(), description: each.summary() || each.description() })),
      ...(argument?.argChoices ?? []).map((value) => ({ value, description: '' })),
    ],
    names: argument === undefined ? [] : namesFor(argument, command),
  };
}

function lastVariadic({ registeredArguments }: Command): Argument | undefined {
  const last = registeredArguments.at(-1);
  return last?.variadic === true ? last : undefined;
}

function namesFor(argument: Argument, command: Command): readonly NameKind[] {
  const name = argument.name();
  if (name !== 'name') return KINDS[name] ?? [];
  return NAMED_BY[command.parent?.name() ?? ''] ?? NAMED_BY[command.name()] ?? [];
}

function valuesOf({ argChoices, long }: Option): Candidates {
  const words = (argChoices ?? []).map((value) => ({ value, description: '' }));
  return { words, names: long === '--server' ? ['servers'] : [] };
}

const takesValue = ({ required, optional }: Option): boolean => required || optional;

const everyOption = (command: Command): readonly Option[] => {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
};

function optionOf(command: Command, word: string): Option | undefined {
  const [flag] = word.split('=', 1);
  return everyOption(command).find(({ long, short }) => flag === long || flag === short);
}
