import { hubError, RecordingName, type LearnedBehaviour } from '@counterpart/schemas';
import { Fault } from '@counterpart/schemas/mirror/fault';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { count } from '../../output/text/format.ts';
import { withHub } from '../../running/with-hub.ts';

const KINDS = ['rate-limit', 'latency', 'error', 'hang', 'reset', 'truncate', 'malformed', 'drip'];
const number = z.coerce.number().optional();

const Input = z.object({
  name: z.string(),
  kind: z.string().optional(),
  id: z.string().optional(),
  operation: z.array(z.string()).optional(),
  rate: number,
  times: number,
  ms: number,
  jitter: number,
  distribution: z.string().optional(),
  status: number,
  limit: number,
  window: number,
  retryAfter: number,
  share: number,
  bytesPerSecond: number,
  recording: RecordingName.optional(),
  clear: z.union([z.string(), z.boolean()]).optional(),
});
type Input = z.infer<typeof Input>;

export const fault = defineCommand({
  name: 'fault',
  parent: 'mirror',
  group: 'builds',
  summary: 'Make a mirror misbehave, or stop it doing so',
  description: `Kinds: ${KINDS.join(', ')}; and learned: each operation is as late as in a recording of the real service, and fails as often. A fault strikes every operation until it is cleared, unless it is told otherwise. Which calls a rate strikes depends on the mirror’s seed, so a run can be repeated.`,
  arguments: [
    ['<name>', 'A mirror’s or a built server’s name'],
    ['[kind]', 'What goes wrong'],
  ],
  options: [
    ['-o, --operation <name>', 'Strike this operation only', { repeat: true }],
    ['--rate <share>', 'Strike this share of calls, 0 to 1'],
    ['-n, --times <count>', 'Strike so often, then end'],
    ['--ms <number>', 'latency, hang: milliseconds'],
    ['--jitter <ms>', 'latency: up to so much more'],
    [
      '--distribution <name>',
      'latency: how the jitter is spread',
      { choices: ['uniform', 'normal', 'exponential'] },
    ],
    ['--status <code>', 'error: the status (default: 500)'],
    ['--limit <calls>', 'rate-limit: calls let through in a window (default: 0)'],
    ['--window <ms>', 'rate-limit: the window (default: 60000)'],
    ['--retry-after <s>', 'rate-limit: seconds told to the caller'],
    ['--share <number>', 'truncate: share of the body that is sent (default: 0.5)'],
    ['--bytes-per-second <n>', 'drip: how fast (default: 64)'],
    ['--recording <name>', 'learned: the recording (default: the one in its settings)'],
    ['--id <id>', 'Name of the fault'],
    ['--clear [id]', 'End this fault, or all'],
  ],
  examples: [
    ['hub mirror fault weather rate-limit --times 3', 'three answers 429'],
    ['hub mirror fault weather latency --ms 800 --jitter 400', 'everything is late'],
    ['hub mirror fault weather error --rate 0.1 -o get_forecast', 'every tenth call fails'],
    ['hub mirror fault weather learned', 'as late and as often broken as it was recorded'],
    ['hub mirror fault weather --clear', 'as it should be'],
  ],
  input: Input,
  async run(context, input) {
    const { name, clear } = input;
    if (clear !== undefined && clear !== false) {
      const id = typeof clear === 'string' ? clear : undefined;
      const result = await withHub(context, (hub) => hub.mirrors.clearFaults(name, id));
      context.result(result, () => `${count(result.cleared, 'fault')} ended.`);
      return;
    }
    if (input.kind === 'learned') {
      const { recording } = input;
      const learned = await withHub(context, (hub) =>
        hub.mirrors.learn(name, recording === undefined ? {} : { recording }),
      );
      context.result(learned, () => learnedText(learned));
      return;
    }
    const wanted = toFault(input);
    const injected = await withHub(context, (hub) => hub.mirrors.inject(name, wanted));
    context.result(
      { ...injected, fault: wanted },
      () =>
        `The fault ${context.paint.strong(injected.id)} is in force. \`hub mirror fault ${name} --clear ${injected.id}\` ends it.`,
    );
  },
});

function learnedText({ recording, behaviour, faults }: LearnedBehaviour): string {
  const lines = behaviour.map(({ operation, calls, statuses, latencyMs }) => {
    const times =
      latencyMs === undefined
        ? 'no times'
        : `${latencyMs.median} ms (${latencyMs.fastest} to ${latencyMs.slowest})`;
    const mix = Object.entries(statuses).map(([status, share]) => `${status} ${Math.round(share * 100)} %`);
    return `  ${operation}: ${count(calls, 'call')}, ${times}, ${mix.join(', ')}`;
  });
  return [
    `Learned from the recording ${recording}; ${count(faults.length, 'fault')} in force.`,
    ...lines,
  ].join('\n');
}

function toFault(input: Input): z.input<typeof Fault> {
  const { kind, id, operation, rate, times, ms, jitter, distribution, status } = input;
  const members = {
    kind,
    id,
    operations: operation,
    rate,
    times,
    ms,
    jitterMs: jitter,
    distribution,
    status,
    limit: input.limit,
    windowMs: input.window,
    retryAfterS: input.retryAfter,
    share: input.share,
    bytesPerSecond: input.bytesPerSecond,
  };
  const parsed = Fault.safeParse(
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  const detail =
    kind === undefined || !KINDS.includes(kind)
      ? `kind: one of ${KINDS.join(', ')} is needed`
      : z.prettifyError(parsed.error);
  throw hubError('USAGE', { detail, command: 'hub mirror fault' });
}
