import type { ChatTool, GenerationSettings, RunRequest } from '../../kernel/ports.ts';
import { wrongField } from './read-body.ts';

/** Which tools may or have to be called, as either endpoint says it. `names`: with the members in which they stand. */
export interface AskedChoice {
  readonly mode: 'auto' | 'none' | 'required';
  readonly names?: readonly { readonly name: string; readonly field: string }[] | undefined;
  /** The one that is named has to be called; else one of those that are named may be. */
  readonly isForced?: boolean | undefined;
}

/**
 * What a run is told of its tools. Only what is named is offered where a request names what is allowed, and nothing of the hub
 * where nothing is to be called. Throws FIELD_INVALID for a name that is not one of `tools`.
 */
export function chosenTools(
  tools: readonly ChatTool[],
  asked: AskedChoice | undefined,
): Pick<RunRequest, 'tools' | 'view'> & { readonly toolChoice?: GenerationSettings['toolChoice'] } {
  const own = (some: readonly ChatTool[]): Pick<RunRequest, 'tools'> =>
    some.length === 0 ? {} : { tools: some };
  if (asked === undefined) return own(tools);
  const { mode, names, isForced = false } = asked;
  for (const { name, field } of names ?? [])
    if (!tools.some((tool) => tool.name === name))
      throw wrongField(field, 'it has to be the name of one of `tools`');
  if (names === undefined)
    return { ...own(tools), toolChoice: mode, ...(mode === 'none' ? { view: 'none' } : {}) };
  const [first] = names;
  if (isForced && first !== undefined) return { ...own(tools), toolChoice: { name: first.name } };
  const allowed = new Set(names.map(({ name }) => name));
  return { ...own(tools.filter(({ name }) => allowed.has(name))), toolChoice: mode, view: 'none' };
}
