import type { CommandDefinition } from '../../command.ts';
import { add } from './add.ts';
import { approve } from './approve.ts';
import { call } from './call.ts';
import { inspect } from './inspect.ts';
import { auth } from '../auth/index.ts';
import { permissions } from '../oversight/permissions.ts';
import { share, unshare } from '../people/share.ts';
import { hooks } from '../hooks/index.ts';
import { secret } from '../secrets/index.ts';
import { rollback } from '../versions/rollback.ts';
import { versions } from '../versions/index.ts';
import { list } from './list.ts';
import { record } from './record.ts';
import { remove } from './remove.ts';
import { disable, enable, restart, target } from './switch.ts';

/** Commands about servers and tools, in the order of `hub --help`. */
export const servers: readonly CommandDefinition[] = [
  list,
  inspect,
  call,
  add,
  remove,
  enable,
  disable,
  restart,
  target,
  approve,
  permissions,
  share,
  unshare,
  record,
  versions,
  rollback,
  secret,
  auth,
  hooks,
];
