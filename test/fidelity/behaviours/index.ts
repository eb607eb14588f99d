import type { Behaviour } from '../behaviour.ts';
import { ASKING } from './asking.ts';
import { LISTENING } from './listening.ts';
import { READING } from './reading.ts';
import { REQUESTS } from './requests.ts';
import { SURFACE } from './surface.ts';
import { TASKS } from './tasks.ts';
import { TOOLS } from './tools.ts';

/** All behaviours, in the order of the table. */
export const BEHAVIOURS: readonly Behaviour[] = [
  ...TOOLS,
  ...REQUESTS,
  ...READING,
  ...LISTENING,
  ...ASKING,
  ...TASKS,
  ...SURFACE,
];
