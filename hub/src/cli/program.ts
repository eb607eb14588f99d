import { Command } from 'commander';
import type { CommandDefinition, EnterCommand } from './command.ts';
import { GROUPS } from './command.ts';

/** Wider rows are hard to read, and narrower ones have no place for two columns. */
const HELP_WIDTH = { most: 100, least: 60 };
/** The second column of `hub --help` is narrower than commander’s own least on a terminal of 80 columns. */
const LEAST_COLUMN = 15;

const EPILOGUE = `
Start here:
  $ hub start                     serves all servers of this home at one place
  $ hub build --from <file|url>   makes a server from an API description
  $ hub call <tool> key=value     calls a tool, with or without a running hub
  $ hub connect claude-desktop    tells a client where the hub is

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
  const helpWidth = Math.max(HELP_WIDTH.least, Math.min(HELP_WIDTH.most, width));
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
    .addHelpText('after', EPILOGUE)
    .configureHelp({ showGlobalOptions: true, helpWidth, minWidthToWrap: LEAST_COLUMN });
  for (const heading of Object.values(GROUPS)) program.commandsGroup(heading);
  for (const define of commands) {
    const command = define(enter).helpOption('-h, --help', 'Print help').copyInheritedSettings(program);
    program.addCommand(command);
  }
  return program;
}
