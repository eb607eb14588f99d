import type { CommandDefinition } from '../command.ts';
import { builds } from './builds/index.ts';
import { clients } from './clients/index.ts';
import { hub } from './hub/index.ts';
import { servers } from './servers/index.ts';

/** Every command, in the order of `hub --help`. */
export const allCommands: readonly CommandDefinition[] = [...hub, ...servers, ...builds, ...clients];
