import { createHttp } from '../http/client.ts';
import type { ToolContext } from '../tool.ts';

export interface TestSetting {
  /** Where `http` leads, such as the `url` of `startService`; without it, nowhere. */
  readonly baseUrl?: string;
  /** Values of settings and secrets by name. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What a tool is given in a test: it reaches `baseUrl` only, and knows the settings that stand here. */
export function testContext({ baseUrl, settings = {}, signal }: TestSetting = {}): ToolContext {
  const ends = signal ?? new AbortController().signal;
  return {
    signal: ends,
    http: createHttp({ baseUrl, signal: ends }),
    progress: () => undefined,
    setting: (name) => settings[name],
  };
}
