import type { ListsChange } from '../../kernel/ports.ts';
import type { Merged } from '../merge.ts';
import type { Owned } from '../source-items.ts';

/** Which lists are others than before; all of them where the profiles are. */
export const changeOf = (before: Merged, after: Merged, profiles: boolean): ListsChange => ({
  tools: profiles || differ(before.tools, after.tools),
  prompts: profiles || differ(before.prompts, after.prompts),
  resources:
    profiles ||
    differ(before.resources, after.resources) ||
    differ(before.resourceTemplates, after.resourceTemplates),
});

const differ = (before: readonly Owned[], after: readonly Owned[]): boolean =>
  before.length !== after.length || before.some(({ item }, at) => item.json !== after[at]?.item.json);
