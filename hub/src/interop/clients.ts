import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** MCP clients whose configuration the hub can read and write. */
export const CLIENT_IDS = ['claude-desktop', 'cursor', 'vscode', 'claude-code'] as const;
export type ClientId = (typeof CLIENT_IDS)[number];

type Platform = 'linux' | 'darwin' | 'win32';

/** What is known of one client. Paths are written with `/` and begin in the folder that the platform means. */
export interface ClientFacts {
  readonly id: ClientId;
  readonly title: string;
  /** Member of the file that holds the servers by name. */
  readonly key: 'mcpServers' | 'servers';
  /** The client takes a URL; else it only launches commands. */
  readonly takesUrl: boolean;
  /** Whether an entry names its transport (`"type": "http"`). */
  readonly namesTransport: boolean;
  /** The client reads its file with comments and trailing commas. */
  readonly comments: boolean;
  /** The user's own file, below the home folder, or below APPDATA on Windows where it begins with `%APPDATA%/`. */
  readonly userFile: Readonly<Record<Platform, string>>;
  /** The file of a project folder. */
  readonly projectFile?: string;
  /** What a person does so that the change takes effect. */
  readonly afterwards: string;
}

const everywhere = (path: string): Readonly<Record<Platform, string>> => ({
  linux: path,
  darwin: path,
  win32: path,
});

const clients: Readonly<Record<ClientId, ClientFacts>> = {
  'claude-desktop': {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    key: 'mcpServers',
    takesUrl: false,
    namesTransport: false,
    comments: false,
    userFile: {
      linux: '.config/Claude/claude_desktop_config.json',
      darwin: 'Library/Application Support/Claude/claude_desktop_config.json',
      win32: '%APPDATA%/Claude/claude_desktop_config.json',
    },
    afterwards: 'Quit Claude Desktop wholly and start it again.',
  },
  cursor: {
    id: 'cursor',
    title: 'Cursor',
    key: 'mcpServers',
    takesUrl: true,
    namesTransport: false,
    comments: true,
    userFile: everywhere('.cursor/mcp.json'),
    projectFile: '.cursor/mcp.json',
    afterwards: 'Cursor notices by itself; Settings → MCP shows the tools.',
  },
  vscode: {
    id: 'vscode',
    title: 'VS Code',
    key: 'servers',
    takesUrl: true,
    namesTransport: true,
    comments: true,
    userFile: {
      linux: '.config/Code/User/mcp.json',
      darwin: 'Library/Application Support/Code/User/mcp.json',
      win32: '%APPDATA%/Code/User/mcp.json',
    },
    projectFile: '.vscode/mcp.json',
    afterwards: 'Run “MCP: List Servers” in VS Code and start it there.',
  },
  'claude-code': {
    id: 'claude-code',
    title: 'Claude Code',
    key: 'mcpServers',
    takesUrl: true,
    namesTransport: true,
    comments: false,
    userFile: everywhere('.claude.json'),
    projectFile: '.mcp.json',
    afterwards: 'Start Claude Code anew; `/mcp` shows the hub.',
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
  const claudeDir = place.env['CLAUDE_CONFIG_DIR'];
  if (id === 'claude-code' && claudeDir) return path.join(claudeDir, '.claude.json');
  const file = clientFacts(id).userFile[platform];
  if (file.startsWith('%APPDATA%/')) {
    const appData = place.env['APPDATA'] ?? path.join(place.home, 'AppData/Roaming');
    return path.join(appData, file.slice('%APPDATA%/'.length));
  }
  const config = place.env['XDG_CONFIG_HOME'];
  if (config && file.startsWith('.config/')) return path.join(config, file.slice('.config/'.length));
  return path.join(place.home, file);
}

/** Clients that have a configuration file of their own here. */
export const installedClients = (place: UserPlace): ClientId[] =>
  CLIENT_IDS.filter((id) => existsSync(userFile(id, place)));
