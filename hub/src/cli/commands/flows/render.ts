import type { FileIssue, FlowRun, FlowStep, Json } from '@counterpart/schemas';
import type { Context } from '../../context.ts';
import { duration } from '../../output/text/format.ts';
import type { Paint } from '../../output/text/paint.ts';

const SHOWN = 400;

/** A value as one text, cut for showing. */
export function shortly(value: Json | undefined, most = SHOWN): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}

/** An issue as compilers tell them. */
export const issueText = ({ file, line, path, severity, message, fix }: FileIssue, paint: Paint): string =>
  [
    `${paint.strong(`${file}:${line}`)} ${severity === 'error' ? paint.bad('error') : paint.warn('warning')} ${path === '' ? '' : `${path}: `}${message}`,
    `  ${paint.faint(fix)}`,
  ].join('\n');

type State = FlowStep['state'] | FlowRun['state'];

const MARKS: Readonly<Record<State, readonly [sign: string, colour: keyof Paint]>> = {
  done: ['✓', 'good'],
  failed: ['✗', 'bad'],
  rejected: ['✗', 'bad'],
  waiting: ['?', 'warn'],
  skipped: ['–', 'faint'],
  cancelled: ['–', 'faint'],
  approved: ['…', 'faint'],
  queued: ['…', 'faint'],
  running: ['…', 'faint'],
};

/** The mark of how something stands or ended. */
export function stateMark(state: State, paint: Paint): string {
  const [sign, colour] = MARKS[state];
  return paint[colour](sign);
}

/** `fetch[2]`. */
export const placeOf = ({ node, item }: FlowStep): string => (item === undefined ? node : `${node}[${item}]`);

/** What a step came to, in a line. */
export function stepLine(step: FlowStep, paint: Paint): string {
  const { state, startedAt, endedAt, model, inputTokens, outputTokens, costUsd, attempt, kind } = step;
  const took = endedAt === undefined ? [] : [duration(Date.parse(endedAt) - Date.parse(startedAt))];
  const tokens = inputTokens + outputTokens;
  const facts = [
    step.tool ?? kind,
    ...took,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(model === undefined ? [] : [model]),
    ...(tokens > 0 ? [`${tokens} tokens`] : []),
    ...(costUsd > 0 ? [`$${costUsd.toFixed(4)}`] : []),
  ];
  return `${stateMark(state, paint)} ${placeOf(step)}  ${paint.faint(facts.join(', '))}`;
}

/** A run as a tree of its nodes, with what they were given and gave. */
export function renderTrace(run: FlowRun, { paint, io }: Context): string {
  const most = Math.max(SHOWN, io.width * 4);
  const { id, flow, state, inputs, outputs, problem, tokens, costUsd, steps } = run;
  const whole = new Map(steps.filter(({ item }) => item === undefined).map((step) => [step.node, step]));
  const lines = [...new Set(steps.map(({ node }) => node))].flatMap((node) => {
    const own = whole.get(node);
    const items = steps.filter((step) => step.node === node && step.item !== undefined);
    const head = own === undefined ? [`… ${node}`] : [stepLine(own, paint), ...details(own, paint, most)];
    return [
      ...head,
      ...items.flatMap((step) => [
        `  ${stepLine(step, paint)}`,
        ...details(step, paint, most).map((line) => `  ${line}`),
      ]),
    ];
  });
  return [
    `${stateMark(state, paint)} ${paint.strong(flow)} ${id}  ${paint.faint(`${state}, ${tokens} tokens, $${costUsd.toFixed(4)}`)}`,
    `  inputs   ${shortly(inputs, most)}`,
    ...(outputs === undefined ? [] : [`  outputs  ${shortly(outputs, most)}`]),
    ...(problem === undefined ? [] : [`  ${paint.bad(problem.message)}`]),
    ...lines,
  ].join('\n');
}

function details(step: FlowStep, paint: Paint, most: number): string[] {
  const { input, output, problem, reason, calls, state } = step;
  return [
    ...(input === undefined ? [] : [`    in   ${shortly(input, most)}`]),
    ...(output === undefined
      ? []
      : [`    ${state === 'waiting' ? 'asks' : 'out '} ${shortly(output, most)}`]),
    ...(reason === undefined ? [] : [`    ${paint.faint(reason)}`]),
    ...(step.kind === 'prompt'
      ? calls.map(
          ({ name, arguments: given, isError }) =>
            `    ${isError ? paint.bad('✗') : '→'} ${name} ${shortly(given, most)}`,
        )
      : []),
    ...(problem === undefined
      ? []
      : [`    ${paint.bad(problem.message)}`, `    ${paint.faint(problem.fix)}`]),
  ];
}

/** What a person decides on. */
export const waitingText = ({ steps }: FlowRun, paint: Paint): string =>
  steps
    .filter(({ state }) => state === 'waiting')
    .map((step) => {
      const { tool = 'tools', pending, input, output } = step;
      return `${paint.warn('?')} ${placeOf(step)}  ${tool} ${shortly(pending === undefined ? input : output, SHOWN * 5)}`;
    })
    .join('\n');
