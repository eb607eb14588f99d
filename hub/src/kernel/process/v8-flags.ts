import { setFlagsFromString } from 'node:v8';

/** The V8 whose flags were tried in a running process; one that freezes them once it runs would end it. */
const KNOWN = /^13\.6\./;

/** Changes flags of V8 in the running process; false where V8 is not known and stays as it is. */
export function changeV8Flags(
  flags: string,
  { version = process.versions.v8, set = setFlagsFromString } = {},
): boolean {
  const isKnown = KNOWN.test(version);
  if (isKnown) set(flags);
  return isKnown;
}
