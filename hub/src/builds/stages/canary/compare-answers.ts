import type { Canary } from '@counterpart/schemas';
import type { ProbeAnswer } from '../../room.ts';

type CanaryCall = Canary['calls'][number];

/** Places that one answer's form is told by, and places that are named in a comparison. */
const MOST_PLACES = 2_000;
const SHOWN = 6;

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
};

function collect(value: unknown, path: string, places: Set<string>): void {
  if (places.size >= MOST_PLACES) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, `${path}[]`, places);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value))
      collect(member, path === '' ? key : `${path}.${key}`, places);
  } else places.add(`${path}: ${kindOf(value)}`);
}

/** Places of an answer with what kind of value stands there; of a text that is no JSON, nothing. Pure. */
export function formOf(text: string): ReadonlySet<string> {
  const places = new Set<string>();
  try {
    collect(JSON.parse(text), '', places);
  } catch {
    // A text has no form to compare.
  }
  return places;
}

const some = (places: readonly string[], word: string): string[] => {
  if (places.length === 0) return [];
  const more = places.length > SHOWN ? ` and ${places.length - SHOWN} more` : '';
  return [`${word} ${places.slice(0, SHOWN).join(', ')}${more}`];
};

/** How two answers differ in form, without a value of either; undefined: they do not. Pure. */
export function formDifference(before: string, now: string): string | undefined {
  const [old, fresh] = [formOf(before), formOf(now)];
  const parts = [
    ...some(
      [...old].filter((place) => !fresh.has(place)),
      'without',
    ),
    ...some(
      [...fresh].filter((place) => !old.has(place)),
      'with',
    ),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

const statusIn = (text: string): string | undefined => /\b[45]\d\d\b/.exec(text)?.[0];

/** What two versions made of one call; `before` undefined: the version in use has no such tool. Pure. */
export function compareAnswers(tool: string, before: ProbeAnswer | undefined, now: ProbeAnswer): CanaryCall {
  const outcome = (answer: ProbeAnswer) => (answer.isError ? 'failed' : 'answered');
  const status = now.isError ? statusIn(now.text) : undefined;
  const detail = now.isError
    ? status === undefined
      ? undefined
      : `status ${status}`
    : before === undefined || before.isError
      ? undefined
      : formDifference(before.text, now.text);
  return {
    tool,
    before: before === undefined ? 'absent' : outcome(before),
    now: outcome(now),
    ...(detail === undefined ? {} : { detail }),
  };
}

/**
 * Calls that speak against a new version: what answers with the version in use and fails with this one; and where it is
 * there to mend something, all of them if none answers. Pure.
 */
export function faultsOf({ calls }: Canary, { isToMend }: { readonly isToMend: boolean }): Canary['calls'] {
  if (isToMend && calls.every(({ now }) => now === 'failed')) return calls;
  return calls.filter(({ before, now }) => before === 'answered' && now === 'failed');
}

const SPOKEN: Readonly<Record<CanaryCall['before'], Record<CanaryCall['now'], string>>> = {
  answered: { answered: 'answers as before', failed: 'answers in the version in use and fails in this one' },
  failed: { answered: 'fails in the version in use and answers in this one', failed: 'fails in both' },
  absent: { answered: 'is new, and answers', failed: 'is new, and fails' },
};

/** One call of a canary as a sentence without its full stop. Pure. */
export const canarySentence = ({ tool, before, now, detail }: CanaryCall): string =>
  `${tool} ${SPOKEN[before][now]}${detail === undefined ? '' : ` (${detail})`}`;
