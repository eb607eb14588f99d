import { ToolFailure } from '../failure.ts';
import { placeOnDisk } from './disk.ts';
import { createFiles, type Files } from './files.ts';

/** What settings that name files end in: a hub shows those files to the server, and no others. */
const ENDING = '_SOURCE';

/** The files that a server's settings name. Throws TypeError for a setting that is none of files. */
export const filesOfSettings = (setting: (name: string) => string | undefined, signal: AbortSignal): Files =>
  createFiles((name) => {
    assertNamesFiles(name);
    const location = setting(name);
    if (location === undefined)
      throw new ToolFailure(`${name} is not set.`, {
        nextStep: `Set ${name} to the path of a file, or of a folder of files.`,
      });
    return placeOnDisk(location, { setting: name, signal });
  }, signal);

/** Throws TypeError where a setting's name does not say that it names files. */
export function assertNamesFiles(name: string): void {
  if (!name.endsWith(ENDING)) throw new TypeError(`${name} does not end in ${ENDING}: it names no files`);
}
