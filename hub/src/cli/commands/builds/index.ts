import type { CommandDefinition } from '../../command.ts';
import { build } from './build.ts';
import { diff } from './diff.ts';
import { discover } from './discover.ts';
import { drift } from './drift.ts';
import { eject } from './eject.ts';
import { builds as buildsOfWords } from '../loop/index.ts';
import { review } from '../loop/review.ts';
import { mirror } from '../mirrors/index.ts';
import { check } from '../packages/check.ts';
import { create } from '../packages/create.ts';
import { pack } from '../packages/pack.ts';
import { test } from '../packages/test.ts';
import { sdk } from './sdk.ts';
import { translate } from './translate.ts';
import { lintTree, validate } from './validate.ts';
import { verify } from './verify.ts';

/** Commands about making servers, in the order of `hub --help`. */
export const builds: readonly CommandDefinition[] = [
  build,
  buildsOfWords,
  review,
  discover,
  diff,
  drift,
  mirror,
  translate,
  sdk,
  create,
  eject,
  test,
  check,
  verify,
  validate,
  lintTree,
  pack,
];
