import { ToolFailure } from '../failure.ts';
import { createFiles, type FilePlace } from '../files/files.ts';
import { assertNamesFiles } from '../files/setting.ts';
import { createHttp } from '../http/client.ts';
import type { ToolContext } from '../tools/tool.ts';

export interface TestSetting {
  /** Where `http` leads, such as the `url` of `startService`; without it, nowhere. */
  readonly baseUrl?: string;
  /** Values of settings and secrets by name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Texts of files by the setting that names their folder, then by their name. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly signal?: AbortSignal;
}

/** What a tool is given in a test: it reaches `baseUrl` only, and knows the settings that stand here. */
export function testContext({ baseUrl, settings = {}, files = {}, signal }: TestSetting = {}): ToolContext {
  const ends = signal ?? new AbortController().signal;
  return {
    signal: ends,
    http: createHttp({ baseUrl, signal: ends }),
    progress: () => undefined,
    setting: (name) => settings[name],
    files: createFiles((name) => {
      assertNamesFiles(name);
      const texts = files[name];
      if (texts === undefined) throw new ToolFailure(`${name} is not set.`);
      return placeOfTexts(texts);
    }, ends),
  };
}

/** Texts as files that were never written to. */
const placeOfTexts = (texts: Readonly<Record<string, string>>): FilePlace => ({
  list: () =>
    Promise.resolve(
      Object.entries(texts)
        .map(([name, text]) => ({ name, bytes: Buffer.byteLength(text), changedAt: 0 }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ),
  async *open(name) {
    yield Buffer.from(texts[name] ?? '');
  },
});
