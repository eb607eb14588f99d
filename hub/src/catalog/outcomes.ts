import type { ServerOutcome } from '../kernel/ports.ts';

/** Servers that are named; a list of more would say no more than that most are down. */
const MOST_NAMED = 100;

/** JSON text of the servers that do not serve as they should, by id; undefined when all are well. */
export function outcomesText(
  outcomes: ReadonlyMap<string, ServerOutcome>,
  concerns: (id: string) => boolean,
): string | undefined {
  const named = [...outcomes].filter(([id]) => concerns(id)).slice(0, MOST_NAMED);
  return named.length === 0 ? undefined : JSON.stringify(Object.fromEntries(named));
}

/** The text of one view, made anew only after the outcomes were replaced. */
export function outcomesOf(
  current: () => ReadonlyMap<string, ServerOutcome>,
  concerns: (id: string) => boolean,
): () => string | undefined {
  let from: ReadonlyMap<string, ServerOutcome> | undefined;
  let text: string | undefined;
  return () => {
    const now = current();
    if (now !== from) text = outcomesText(now, concerns);
    from = now;
    return text;
  };
}
