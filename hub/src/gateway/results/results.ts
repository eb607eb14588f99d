import type { CatalogView } from '../../kernel/ports.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import { utf8Wire, type Wire } from '../wire/frame.ts';
import { CHARS_PER_TOKEN, fitResult } from './fit-result.ts';
import type { ResultStore } from './result-store.ts';

/** Bounds the results of one call. */
export interface ResultBudget {
  /** An answer whose result is cut; undefined when it passes as it is. */
  cut(answer: Wire): Wire | undefined;
}

/** The budget of a tool's call in a view; undefined where results are never cut. `client` may read what is left out. */
export function budgetOf(
  store: ResultStore,
  view: CatalogView,
  client: () => string,
): ResultBudget | undefined {
  const tokens = view.presentation?.resultTokens;
  if (tokens === undefined) return undefined;
  const most = tokens * CHARS_PER_TOKEN;
  return {
    cut(answer) {
      // A frame of so many bytes cannot hold more characters: nothing smaller is ever read.
      if (sizeOf(answer) <= most) return undefined;
      const message = parseExact(textOf(answer));
      if (!isMembers(message) || !isMembers(message['result'])) return undefined;
      const result = fitResult(message['result'], most, (text) => store.keep(client(), text));
      return result && utf8Wire(JSON.stringify({ ...message, result }));
    },
  };
}

const sizeOf = (wire: Wire): number =>
  wire.kind === 'bytes' ? wire.parts.reduce((sum, { length }) => sum + length, 0) : wire.text.length;

function textOf(wire: Wire): string {
  switch (wire.kind) {
    case 'utf8':
      return wire.text;
    case 'latin1':
      return Buffer.from(wire.text, 'latin1').toString();
    case 'bytes':
      return Buffer.concat(wire.parts).toString();
  }
}
