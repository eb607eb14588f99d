import type { Effect } from '@counterpart/schemas';
import type { MirrorState, StateChange } from './mirror-state.ts';

type Change = Extract<StateChange, { readonly row: unknown }>;

/** Follows what calls do to what a mirror keeps. */
export interface StateWatch {
  /** Changes since the last time it was asked; what a mirror makes up by itself is none. */
  take(): readonly Change[];
  end(): void;
}

/** Begins to follow a state. */
export function watchState(state: MirrorState): StateWatch {
  let changes: Change[] = [];
  const end = state.onChange((change) => {
    if ('row' in change) changes.push(change);
  });
  return {
    take() {
      const taken = changes;
      changes = [];
      return taken;
    },
    end,
  };
}

/** What a call did that a tool of this effect does not do, in words; undefined when it kept to it. */
export function strayOf(effect: Effect, changes: readonly Change[]): string | undefined {
  const strays = changes.filter(
    ({ kind }) => effect === 'read' || (effect === 'write' && kind === 'removed'),
  );
  if (strays.length === 0) return undefined;
  const seen = [...new Set(strays.map(({ kind, collection }) => `${kind} \`${collection}\``))].join(', ');
  return `its annotations say that it ${effect === 'read' ? 'only reads' : 'removes nothing'}, and its call ${seen}`;
}
