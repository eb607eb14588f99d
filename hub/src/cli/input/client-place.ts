import { homedir } from 'node:os';
import { userPlace, type UserPlace } from '../../interop/clients.ts';
import type { Io } from '../io.ts';

/** Where this user's clients keep their files. */
export const clientPlace = (io: Io): UserPlace => userPlace(io.env, homedir(), process.platform);
