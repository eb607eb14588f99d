import { HarEntry, HarFile } from '@counterpart/schemas';

/**
 * A recording is a HAR file at every moment, written so that entries can be added without writing it anew: head, one
 * entry a line, foot. An entry is added by overwriting the foot; what a killed process left half is found by lines.
 */

/** The foot of a recording file. */
export const HAR_FOOT = '\n]}}\n';

/** The head of a recording file. */
export function harHead(version: string): string {
  const creator = JSON.stringify({ name: 'counterpart', version });
  return `{"log":{"version":"1.2","creator":${creator},"entries":[`;
}

/** An entry with what stands before it. */
export const harLine = (entry: HarEntry, isFirst: boolean): string =>
  `${isFirst ? '' : ','}\n${JSON.stringify(entry)}`;

/** A whole recording file. */
export const harText = (entries: readonly HarEntry[], version: string): string =>
  `${harHead(version)}${entries.map((entry, index) => harLine(entry, index === 0)).join('')}${HAR_FOOT}`;

export interface ReadHar {
  readonly entries: readonly HarEntry[];
  /** The file is not whole; `entries` are those that are. */
  readonly isDamaged: boolean;
}

/** Reads a recording; of a damaged one every entry that is whole. Undefined for what is no recording at all. */
export function parseHar(text: string): ReadHar | undefined {
  const whole = parsed(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const file = HarFile.safeParse(whole);
  if (file.success) return { entries: file.data.log.entries, isDamaged: false };
  if (!/^\s*\{\s*"log"/.test(text)) return undefined;
  const entries = text.split('\n').flatMap((line) => {
    const entry = HarEntry.safeParse(parsed(line.replace(/^,|,\s*$/g, '')));
    return entry.success ? [entry.data] : [];
  });
  return { entries, isDamaged: true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
