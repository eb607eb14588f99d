import { existsSync, readFileSync } from 'node:fs';
import { HubConfig, toCounterpartError } from '@counterpart/schemas';
import { decodeConfig } from '../config/decode.ts';
import type { Home } from './home.ts';

export interface HubSettings {
  readonly config: HubConfig;
  /** Why the file is not in use; the defaults stand in for it. */
  readonly problem: string | undefined;
  /** Where the hub will listen; undefined when it takes a free port. */
  readonly url: string | undefined;
  readonly mcpNeedsToken: boolean;
}

/** The configuration as a command sees it without a hub; a broken one is told, not thrown. */
export function hubSettings(home: Home): HubSettings {
  const { config, problem } = read(home.configFile);
  const { host, port } = config.listen;
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    config,
    problem,
    url: port === 0 ? undefined : `http://${address === '0.0.0.0' ? '127.0.0.1' : address}:${port}`,
    mcpNeedsToken: config.auth.mcp === 'token',
  };
}

function read(file: string): { config: HubConfig; problem: string | undefined } {
  const defaults = HubConfig.parse({});
  if (!existsSync(file)) return { config: defaults, problem: undefined };
  try {
    return { config: decodeConfig(readFileSync(file, 'utf8'), file), problem: undefined };
  } catch (error) {
    const { message, params } = toCounterpartError(error);
    return { config: defaults, problem: String(params['detail'] ?? message) };
  }
}
