import { homedir, userInfo } from 'node:os';
import { userPlace, type UserPlace } from '../../interop/clients.ts';
import type { Io } from '../io.ts';

/** Where this user's clients keep their files. An empty HOME names no folder; the system knows one. */
export const clientPlace = (io: Io): UserPlace =>
  userPlace(io.env, homedir() || userInfo().homedir, process.platform);
