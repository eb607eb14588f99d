import { Command, type Help } from 'commander';
import type { CommandDefinition, EnterCommand } from './command.ts';
import { type Examples, GROUPS, renderExamples } from './command.ts';

/** Wider rows are hard to read. */
const HELP_WIDTH = 100;
/** Where less is left for the second column, what stands in it goes below the first. */
const LEAST_COLUMN = 24;

const FIRST: Examples = [
  ['hub start', 'serves all servers of this home at one place'],
  ['hub build --from <file|url>', 'makes a server from an API description'],
  ['hub call <tool> key=value', 'calls a tool, with or without a running hub'],
  ['hub connect claude-desktop', 'tells a client where the hub is'],
];

const EPILOGUE = `
Exit codes:
  0 done · 1 unexpected · 2 not understood · 3 not found · 4 bad input
  5 environment · 6 the server failed · 7 no hub answers · 8 refused
  130 interrupted

The home is the folder of hub.config.json:
  --home, else HUB_HOME, else the nearest one upwards, else the hub’s own.`;

/** The command line as commander knows it, with these commands; `width` is that of the terminal. */
export function createProgram(
  commands: readonly CommandDefinition[],
  { version, width }: { readonly version: string; readonly width: number },
  enter: EnterCommand,
): Command {
  const helpWidth = Math.min(HELP_WIDTH, width);
  const program = new Command('hub')
    .description('Counterpart: an MCP hub that makes its own tools.')
    .version(version, '-V, --version', 'Print the version')
    .option('--home <dir>', 'Folder of hub.config.json, the servers and the data')
    .option('--json', 'Print one JSON document instead of words')
    .helpOption('-h, --help', 'Print help')
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description('Print help for a command')
        .helpOption(false)
        .helpGroup(GROUPS.hub),
    )
    .addHelpText('after', renderExamples('Start here', FIRST))
    .addHelpText('after', EPILOGUE)
    .showSuggestionAfterError(false)
    .configureHelp({ showGlobalOptions: true, helpWidth, minWidthToWrap: 0, formatItem });
  for (const heading of Object.values(GROUPS)) program.commandsGroup(heading);
  for (const define of commands) program.addCommand(define(enter).helpOption('-h, --help', 'Print help'));
  inherit(program);
  return program;
}

/** Gives a command's settings to all below it. */
function inherit(command: Command): void {
  for (const child of command.commands) inherit(child.copyInheritedSettings(command));
}

const INDENT = '  ';
const BELOW = '      ';

/** A row of help: its term, and beside or below it what that is. */
const formatItem: Help['formatItem'] = (term, termWidth, description, helper) => {
  const width = helper.helpWidth ?? HELP_WIDTH;
  const margin = INDENT.length + termWidth + INDENT.length;
  if (description === '') return INDENT + term;
  const isBeside = width - margin >= LEAST_COLUMN;
  const indent = isBeside ? ' '.repeat(margin) : BELOW;
  const text = helper.boxWrap(description, width - indent.length).replaceAll('\n', `\n${indent}`);
  return isBeside ? INDENT + term.padEnd(termWidth) + INDENT + text : `${INDENT}${term}\n${indent}${text}`;
};
