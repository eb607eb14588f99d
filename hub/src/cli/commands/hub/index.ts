import type { CommandDefinition } from '../../command.ts';
import { chat } from '../chat/index.ts';
import { evals } from '../eval/index.ts';
import { flow } from '../flows/index.ts';
import { prompts } from '../prompts/index.ts';
import { providers } from '../providers/index.ts';
import { route } from '../routing/index.ts';
import { audit } from '../oversight/audit.ts';
import { people } from '../people/index.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { logs } from './logs.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stdio } from './stdio.ts';
import { stop } from './stop.ts';

/** Commands about the hub itself, in the order of `hub --help`. */
export const hub: readonly CommandDefinition[] = [
  start,
  stop,
  status,
  logs,
  doctor,
  audit,
  people,
  providers,
  stdio,
  chat,
  route,
  evals,
  prompts,
  flow,
  completion,
];
