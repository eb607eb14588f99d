import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** MCP clients whose configuration the hub can read and write. */
export const CLIENT_IDS = [
  'claude-desktop',
  'cursor',
  'vscode',
  'claude-code',
  'codex',
  'gemini-cli',
  'windsurf',
  'zed',
  'opencode',
  'goose',
  'continue',
  'amp',
] as const;
export type ClientId = (typeof CLIENT_IDS)[number];

type Platform = 'linux' | 'darwin' | 'win32';

/** What is known of one client. Paths are written with `/` and begin in the folder that the platform means. */
export interface ClientFacts {
  readonly title: string;
  /** How its file is written; `json` with comments and trailing commas is `jsonc`. */
  readonly format: 'json' | 'jsonc' | 'toml' | 'yaml';
  /** Member of the file that holds the servers: by name, or in a list where each says its own. */
  readonly key: string;
  readonly isList?: true;
  /** The client takes a URL; else it only launches commands. */
  readonly takesUrl: boolean;
  /** The words in which its entries are written. */
  readonly words: EntryWords;
  /** The user's own file, below the home folder, or below APPDATA on Windows where it begins with `%APPDATA%/`. */
  readonly userFile: Readonly<Record<Platform, string>>;
  /** What the file may be named instead. */
  readonly alsoNamed?: string;
  /** Variable that names the folder of the file. */
  readonly folderVariable?: string;
  /** The file of a project folder. */
  readonly projectFile?: string;
  /** What a person does so that the change takes effect. */
  readonly afterwards: string;
}

/** Most clients agree; `typed` ones name the transport. */
export type EntryWords =
  | 'common'
  | 'typed'
  | 'codex'
  | 'gemini-cli'
  | 'windsurf'
  | 'opencode'
  | 'goose'
  | 'continue';

const everywhere = (path: string): Readonly<Record<Platform, string>> => ({
  linux: path,
  darwin: path,
  win32: path,
});

const clients: Readonly<Record<ClientId, ClientFacts>> = {
  'claude-desktop': {
    title: 'Claude Desktop',
    format: 'json',
    key: 'mcpServers',
    takesUrl: false,
    words: 'common',
    userFile: {
      linux: '.config/Claude/claude_desktop_config.json',
      darwin: 'Library/Application Support/Claude/claude_desktop_config.json',
      win32: '%APPDATA%/Claude/claude_desktop_config.json',
    },
    afterwards: 'Quit Claude Desktop wholly and start it again.',
  },
  cursor: {
    title: 'Cursor',
    format: 'jsonc',
    key: 'mcpServers',
    takesUrl: true,
    words: 'common',
    userFile: everywhere('.cursor/mcp.json'),
    projectFile: '.cursor/mcp.json',
    afterwards: 'Cursor notices by itself; Settings → MCP shows the tools.',
  },
  vscode: {
    title: 'VS Code',
    format: 'jsonc',
    key: 'servers',
    takesUrl: true,
    words: 'typed',
    userFile: {
      linux: '.config/Code/User/mcp.json',
      darwin: 'Library/Application Support/Code/User/mcp.json',
      win32: '%APPDATA%/Code/User/mcp.json',
    },
    projectFile: '.vscode/mcp.json',
    afterwards: 'Run “MCP: List Servers” in VS Code and start it there.',
  },
  'claude-code': {
    title: 'Claude Code',
    format: 'json',
    key: 'mcpServers',
    takesUrl: true,
    words: 'typed',
    userFile: everywhere('.claude.json'),
    folderVariable: 'CLAUDE_CONFIG_DIR',
    projectFile: '.mcp.json',
    afterwards: 'Start Claude Code anew; `/mcp` shows the hub.',
  },
  codex: {
    title: 'Codex',
    format: 'toml',
    key: 'mcp_servers',
    takesUrl: true,
    words: 'codex',
    userFile: everywhere('.codex/config.toml'),
    folderVariable: 'CODEX_HOME',
    projectFile: '.codex/config.toml',
    afterwards: 'Start Codex anew; `/mcp` shows the hub.',
  },
  'gemini-cli': {
    title: 'Gemini CLI',
    format: 'jsonc',
    key: 'mcpServers',
    takesUrl: true,
    words: 'gemini-cli',
    userFile: everywhere('.gemini/settings.json'),
    projectFile: '.gemini/settings.json',
    afterwards: 'Start Gemini CLI anew; `/mcp` shows the hub.',
  },
  windsurf: {
    title: 'Windsurf',
    format: 'json',
    key: 'mcpServers',
    takesUrl: true,
    words: 'windsurf',
    userFile: everywhere('.codeium/windsurf/mcp_config.json'),
    afterwards: 'Press Refresh where Windsurf lists its MCP servers.',
  },
  zed: {
    title: 'Zed',
    format: 'jsonc',
    key: 'context_servers',
    takesUrl: true,
    words: 'common',
    userFile: {
      linux: '.config/zed/settings.json',
      darwin: '.config/zed/settings.json',
      win32: '%APPDATA%/Zed/settings.json',
    },
    projectFile: '.zed/settings.json',
    afterwards: 'Zed notices by itself; the settings of its agent panel show the hub.',
  },
  opencode: {
    title: 'OpenCode',
    format: 'jsonc',
    key: 'mcp',
    takesUrl: true,
    words: 'opencode',
    userFile: everywhere('.config/opencode/opencode.json'),
    alsoNamed: 'opencode.jsonc',
    projectFile: 'opencode.json',
    afterwards: 'Start OpenCode anew.',
  },
  goose: {
    title: 'Goose',
    format: 'yaml',
    key: 'extensions',
    takesUrl: true,
    words: 'goose',
    userFile: {
      linux: '.config/goose/config.yaml',
      darwin: '.config/goose/config.yaml',
      win32: '%APPDATA%/Block/goose/config/config.yaml',
    },
    afterwards: 'Start a new session of Goose.',
  },
  continue: {
    title: 'Continue',
    format: 'yaml',
    key: 'mcpServers',
    isList: true,
    takesUrl: true,
    words: 'continue',
    userFile: everywhere('.continue/config.yaml'),
    afterwards: 'Continue notices by itself; its agent mode shows the tools.',
  },
  amp: {
    title: 'Amp',
    format: 'jsonc',
    key: 'amp.mcpServers',
    takesUrl: true,
    words: 'common',
    userFile: {
      linux: '.config/amp/settings.json',
      darwin: '.config/amp/settings.json',
      win32: '%APPDATA%/amp/settings.json',
    },
    projectFile: '.amp/settings.json',
    afterwards: 'Start Amp anew.',
  },
};

/** What is known of a client. */
export const clientFacts = (id: ClientId): ClientFacts => clients[id];

export const isClientId = (name: string): name is ClientId => name in clients;

/** Where this user's programs keep their files. */
export interface UserPlace {
  readonly platform: NodeJS.Platform;
  /** The home folder. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The place of the process, or a stand-in for it named by `HUB_CLIENT_HOME`. */
export function userPlace(env: UserPlace['env'], home: string, platform: NodeJS.Platform): UserPlace {
  const substitute = env['HUB_CLIENT_HOME'];
  return substitute ? { platform, home: substitute, env: {} } : { platform, home, env };
}

/** The user's configuration file of a client, whether or not it exists. */
export function userFile(id: ClientId, place: UserPlace): string {
  const platform: Platform =
    place.platform === 'darwin' || place.platform === 'win32' ? place.platform : 'linux';
  const path = platform === 'win32' ? win32 : posix;
  const { alsoNamed, folderVariable, userFile: files } = clientFacts(id);
  const file = files[platform];
  const folder = folderVariable === undefined ? undefined : place.env[folderVariable];
  const usual = folder ? path.join(folder, path.basename(file)) : path.join(...below(file, place));
  if (alsoNamed === undefined || existsSync(usual)) return usual;
  const other = path.join(path.dirname(usual), alsoNamed);
  return existsSync(other) ? other : usual;
}

/** The folder that the platform means, and what lies below it. */
function below(file: string, { home, env }: UserPlace): [string, string] {
  if (file.startsWith('%APPDATA%/'))
    return [env['APPDATA'] ?? win32.join(home, 'AppData/Roaming'), file.slice('%APPDATA%/'.length)];
  const config = env['XDG_CONFIG_HOME'];
  if (config && file.startsWith('.config/')) return [config, file.slice('.config/'.length)];
  return [home, file];
}

/** Clients that have a configuration file of their own here. */
export const installedClients = (place: UserPlace): ClientId[] =>
  CLIENT_IDS.filter((id) => existsSync(userFile(id, place)));
