import type { Filling } from './filling.ts';
import type { FoundValue } from './sentence/values.ts';

/** Names of parameters that take how much of the end of something is meant, of its beginning, and how many lines. */
const TAIL = /^(?:tail(?: lines?| count| limit)?|last(?: n| lines?)?)$/;
const HEAD = /^(?:head(?: lines?| count| limit)?|first(?: n| lines?)?)$/;
const LINES = /^(?:(?:n|num|max|limit|number of) ?lines?|lines?(?: count| limit)?)$/;

const FROM_END = /^(?:last|latest|newest|most recent|letzte|derni|[uú]ltim)/i;
const FROM_START = /^(?:first|die ersten|erste|premi|primer)/i;
const IN_LINES = /^(?:lines?|zeilen?|lignes?|l[ií]neas?|log|rows?)$/;

/** Of the last 5 minutes: no number of things. */
const TIME =
  /^(?:(?:milli)?seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|tage?n?|stunden?|minuten|wochen?|monate?n?|jahre?n?|jours?|heures?|semaines?|mois|d[ií]as?|horas?|semanas?|mes(?:es)?)$/;

/** Whether a count is one of time, which no limit takes. */
export const isOfTime = ({ kind, after }: FoundValue): boolean => kind === 'count' && TIME.test(after);

/** `last 50 lines` for a `tail`, `first 10` for a `head`, `50 lines` for `lines`. */
export function assignExtent(filling: Filling, value: FoundValue): boolean {
  const { start, end, kind, after } = value;
  const said = filling.sentence.slice(start, end);
  const isLines = IN_LINES.test(after);
  const isEnd = kind === 'count' ? FROM_END.test(said) : isLines;
  const names = [
    ...(isEnd ? [TAIL] : []),
    ...(kind === 'count' && FROM_START.test(said) ? [HEAD] : []),
    ...(isLines ? [LINES] : []),
  ];
  return names.some((name) =>
    filling.open.some(
      (slot) => slot.type !== 'boolean' && name.test(slot.label) && filling.assign(slot, value.text, value),
    ),
  );
}

/** Words for the parts of anything, which no tool has in its name. */
export const isPart = (word: string): boolean =>
  /^(?:lines|entries|items|rows|records|zeilen|lignes)$/.test(word);
