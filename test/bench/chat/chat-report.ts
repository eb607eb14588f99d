import { ascending, type ChatFigures, quantile } from './chat-load.ts';

/** What one round found, each with the same streams. */
export interface Round {
  readonly direct: ChatFigures;
  readonly relay: ChatFigures;
  readonly hub: ChatFigures;
  /** The hub, with as many questions and hardly a chunk. */
  readonly asked: ChatFigures;
}

export interface Goals {
  /** Added to the first word, at the median, in milliseconds. */
  readonly firstMs: number;
  /** For a chunk, in milliseconds. */
  readonly chunkMs: number;
}

const number = (value: number): string => value.toFixed(3).padStart(9);
const [QUARTER, HALF, THREE_QUARTERS] = [0.25, 0.5, 0.75];

/** The quartiles of a figure over the rounds. */
const over = (rounds: readonly Round[], figure: (round: Round) => number) => {
  const values = ascending(rounds.map(figure));
  const at = (share: number): number => quantile(values, share);
  return { low: at(QUARTER), median: at(HALF), high: at(THREE_QUARTERS) };
};

const row = (name: string, { low, median, high }: ReturnType<typeof over>, goal = ''): string =>
  [name.padEnd(44), number(low), number(median), number(high), goal].join(' ').trimEnd();

const met = (value: number, goal: number): string => `${value < goal ? 'met' : 'NOT met'}: under ${goal}`;

const medianOf = (values: readonly number[]): number => quantile(values, HALF);
const processor = ({ userMs, systemMs }: ChatFigures): number => userMs + systemMs;

const ofQuestion = ({ processorMs, begun }: ChatFigures): number => processorMs / Math.max(1, begun);

/** What a chunk takes more than its question with the first one, which the time to the first word tells of. */
function ownOfChunk({ hub, asked }: Round): number {
  const chunks = hub.chunkMs.length - hub.begun;
  return (hub.processorMs - hub.begun * ofQuestion(asked)) / Math.max(1, chunks);
}

/** The rounds as text, each figure with its quartiles; what is added is paired within its round. */
export function reportOf(rounds: readonly Round[], goals: Goals): string {
  const added = (of: (figures: ChatFigures) => number, by: 'hub' | 'relay') =>
    over(rounds, (round) => of(round[by]) - of(round.direct));
  const first = ({ firstMs }: ChatFigures): number => medianOf(firstMs);
  const chunk = ({ chunkMs }: ChatFigures): number => medianOf(chunkMs);
  const [firstAdded, chunkAdded] = [added(first, 'hub'), added(chunk, 'hub')];
  const own = over(rounds, ownOfChunk);
  return [
    `${'milliseconds'.padEnd(44)}  quarter    median   quarter`,
    row(
      'first word, direct',
      over(rounds, ({ direct }) => first(direct)),
    ),
    row('first word, added by a relay of bytes', added(first, 'relay')),
    row('first word, added by the hub', firstAdded, met(firstAdded.median, goals.firstMs)),
    row(
      'chunk on its way, direct',
      over(rounds, ({ direct }) => chunk(direct)),
    ),
    row('chunk on its way, added by a relay of bytes', added(chunk, 'relay')),
    row('chunk on its way, added by the hub', chunkAdded, met(chunkAdded.median, goals.chunkMs)),
    row(
      'processor time a chunk, provider',
      over(rounds, ({ direct }) => processor(direct)),
    ),
    row(
      'processor time a chunk, relay of bytes',
      over(rounds, ({ relay }) => processor(relay)),
    ),
    row('processor time a chunk, hub', own, met(own.median, goals.chunkMs)),
    row(
      'processor time a question, hub',
      over(rounds, ({ asked }) => ofQuestion(asked)),
    ),
    row(
      'processor time a chunk with its share of both',
      over(rounds, ({ hub }) => processor(hub)),
    ),
    row(
      '  of it in its own code',
      over(rounds, ({ hub }) => hub.userMs),
    ),
    row(
      '  of it in the system',
      over(rounds, ({ hub }) => hub.systemMs),
    ),
    '',
  ].join('\n');
}

/** Streams to which not all chunks came, or more than were sent. */
export const lossesIn = (rounds: readonly Round[], wanted: number): number =>
  rounds
    .flatMap(({ direct, relay, hub }) => [direct, relay, hub])
    .flatMap(({ chunksOfEach }) => chunksOfEach)
    .filter((chunks) => chunks !== wanted).length;
