import { hubError } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { failure, policy, Story, type Told } from '../../../../test/fixtures/supervisor/story.ts';

test('a start spawns, greets, and is ready when greeted', () => {
  const story = new Story().tell({ kind: 'wanted', what: 'start' });
  expect(story.did).toEqual(['disarm-timers', 'publish', 'spawn']);
  story.tell({ kind: 'spawned', run: 1 });
  expect(story.did).toEqual(['arm start 30000', 'publish', 'handshake']);
  story.tell({ kind: 'wanted', what: 'start' });
  expect(story.did).toEqual([]);
  story.tell({ kind: 'handshake-done', run: 1 });
  expect(story.did).toEqual([
    'disarm-timers',
    'arm stable 300000',
    'arm idle 60000',
    'arm probe 10000',
    'publish',
    'settle ready',
  ]);
  story.tell({ kind: 'wanted', what: 'start' });
  expect(story.did).toEqual(['settle ready']);
});

test('a failed start answers those who wait at once and is tried again, each time later', () => {
  const story = new Story({ budget: 10 }).tell({ kind: 'wanted', what: 'start' });
  const delays: string[] = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    story.exit();
    expect(story.did).toEqual(['disarm-timers', 'signal kill', 'publish', 'settle SERVER_START_FAILED']);
    story.gone();
    delays.push(...story.did.filter((did) => did.startsWith('arm')));
    story.wait(16_000).tell({ kind: 'backoff-over' });
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 16].map((s) => `arm backoff ${s}000`));
  expect(story.state.restarts).toBe(6);
});

test('chance spreads a delay by a fifth to either side', () => {
  const delay = (random: number) =>
    new Story().tell({ kind: 'wanted', what: 'start' }).exit().gone(random).did[1];
  expect([delay(0), delay(0.999_999)]).toEqual(['arm backoff 800', 'arm backoff 1200']);
});

test('five failures in five minutes end in quarantine, which only a restart or a reset leaves', () => {
  const story = new Story().tell({ kind: 'wanted', what: 'start' });
  for (let attempt = 0; attempt < 5; attempt += 1) story.exit().gone().tell({ kind: 'backoff-over' });
  expect(story.phase).toBe('quarantined');
  story.tell({ kind: 'wanted', what: 'start' });
  expect(story.last).toEqual([
    {
      kind: 'settle',
      failure: hubError('SERVER_QUARANTINED', {
        server: 'weather',
        failures: 5,
        detail: 'it exited with status 3',
      }),
    },
  ]);
  expect(story.tell({ kind: 'wanted', what: 'stop' }).phase).toBe('quarantined');
  const restarted = new Story();
  restarted.state = story.state;
  expect(restarted.tell({ kind: 'wanted', what: 'restart' }).phase).toBe('starting');
  expect(story.tell({ kind: 'wanted', what: 'reset' }).state).toMatchObject({
    phase: { kind: 'stopped' },
    failures: [],
    problem: undefined,
  });
});

test('failures further apart than the window do not add up', () => {
  const story = new Story().tell({ kind: 'wanted', what: 'start' });
  for (let attempt = 0; attempt < 20; attempt += 1)
    story.exit().gone().wait(100_000).tell({ kind: 'backoff-over' });
  expect(story.phase).toBe('starting');
  expect(story.state.failures.length).toBeLessThan(5);
});

test('stable minutes forget all failures', () => {
  const story = new Story().start().exit().gone().start().exit().gone();
  expect(story.state.attempt).toBe(1);
  story.tell({ kind: 'backoff-over' }).start();
  expect(story.tell({ kind: 'stability-reached' }).state).toMatchObject({ attempt: 0, failures: [] });
});

test('a caller waits for a start that is near, and is told of one that is far', () => {
  const story = new Story().tell({ kind: 'wanted', what: 'start' }).exit().gone();
  expect(story.tell({ kind: 'wanted', what: 'start' }).did).toEqual([]);
  story
    .tell({ kind: 'backoff-over' })
    .exit()
    .gone()
    .tell({ kind: 'backoff-over' })
    .exit()
    .gone()
    .tell({ kind: 'backoff-over' })
    .exit();
  expect(story.tell({ kind: 'wanted', what: 'start' }).did).toEqual([]);
  expect(story.gone().did).toEqual([
    'disarm-timers',
    'arm backoff 8000',
    'publish',
    'settle SERVER_START_FAILED',
  ]);
  story.wait(1_500).tell({ kind: 'wanted', what: 'start' });
  expect(story.last).toMatchObject([
    { failure: { message: 'weather did not start: it exited with status 3\nIt is tried again in 7 s.' } },
  ]);
  expect(story.wait(3_500).tell({ kind: 'wanted', what: 'start' }).did).toEqual([]);
});

test('a handshake that fails or takes too long ends the process politely and counts as a failure', () => {
  const story = new Story().tell({ kind: 'wanted', what: 'start' }, { kind: 'spawned', run: 1 });
  story.tell({ kind: 'start-failed', run: 1, failure });
  expect(story.did).toEqual([
    'disarm-timers',
    'arm escalate 1000',
    'signal end',
    'publish',
    'settle SERVER_START_FAILED',
  ]);
  story.exit().gone();
  expect(story.phase).toBe('backoff');
  expect(story.state.failures).toHaveLength(1);
});

test.each([
  ['permanent', 'failed', 'starting'],
  ['permanent', 'clean', 'starting'],
  ['transient', 'failed', 'starting'],
  ['transient', 'clean', 'stopped'],
  ['temporary', 'failed', 'stopped'],
  ['temporary', 'clean', 'stopped'],
] as const)('a %s process that ends while it serves, %s, is then %s', (restart, manner, then) => {
  expect(new Story({ restart }).start().exit(manner).gone().phase).toBe(then);
});

test('one that served well is started at once after its first failure, and after a second one only with a delay', () => {
  const story = new Story().start().exit();
  expect(story.did).toEqual(['disarm-timers', 'signal kill', 'publish', 'settle SERVER_START_FAILED']);
  story.tell({ kind: 'wanted', what: 'start' });
  expect(story.gone().did).toEqual(['disarm-timers', 'publish', 'spawn']);
  expect(story.state).toMatchObject({ restarts: 1, attempt: 0 });
  story.start().exit().gone();
  expect(story.did[1]).toBe('arm backoff 1000');
  story.tell({ kind: 'backoff-over' }).start().wait(policy.windowMs);
  expect(story.exit().gone().phase).toBe('starting');
});

test('one that served badly, or was told to stop while it ended, is not started at once', () => {
  const degraded = new Story().start();
  for (let call = 0; call < 5; call += 1) degraded.tell({ kind: 'call-observed', ok: false });
  expect(degraded.exit().gone().phase).toBe('backoff');
  const unwanted = new Story().start().exit().tell({ kind: 'wanted', what: 'stop' });
  expect(unwanted.gone().phase).toBe('stopped');
});

test('a temporary process that fails over and over is quarantined all the same', () => {
  const story = new Story({ restart: 'temporary' });
  for (let attempt = 0; attempt < 5; attempt += 1) story.start().exit().gone();
  expect(story.phase).toBe('quarantined');
});

test('a start that something else prevented is not counted', () => {
  const story = new Story().tell({ kind: 'wanted', what: 'start' }).exit('blameless');
  expect(story.did.at(-1)).toBe('settle SERVER_START_FAILED');
  expect(story.gone().state).toMatchObject({ phase: { kind: 'stopped' }, failures: [], problem: failure });
});

test('a stop asks, then terminates, then kills', () => {
  const story = new Story().start().tell({ kind: 'wanted', what: 'stop' });
  expect(story.did).toEqual([
    'disarm-timers',
    'arm escalate 1000',
    'signal end',
    'publish',
    'settle SERVER_START_FAILED',
  ]);
  expect(story.tell({ kind: 'escalation-due' }).did).toEqual(['signal term', 'arm escalate 1000']);
  expect(story.tell({ kind: 'escalation-due' }).did).toEqual(['signal kill']);
  expect(story.tell({ kind: 'escalation-due' }).did).toEqual([]);
  expect(story.exit().gone().did).toEqual(['disarm-timers', 'publish']);
  expect(story.state).toMatchObject({ phase: { kind: 'stopped' }, failures: [] });
});

test('a start wanted while the process stops follows the stop', () => {
  const story = new Story().start().tell({ kind: 'wanted', what: 'stop' }, { kind: 'wanted', what: 'start' });
  expect(story.exit().gone().phase).toBe('starting');
  story.tell(
    { kind: 'wanted', what: 'stop' },
    { kind: 'wanted', what: 'start' },
    { kind: 'wanted', what: 'stop' },
  );
  expect(story.did).toEqual(['settle SERVER_START_FAILED']);
  expect(story.gone().phase).toBe('stopped');
});

test('a stop ends a wait for the next start', () => {
  const story = new Story()
    .tell({ kind: 'wanted', what: 'start' })
    .exit()
    .gone()
    .tell({ kind: 'wanted', what: 'stop' });
  expect(story.did).toEqual(['disarm-timers', 'publish', 'settle SERVER_START_FAILED']);
  expect(story.tell({ kind: 'backoff-over' }).phase).toBe('stopped');
  expect(story.tell({ kind: 'wanted', what: 'stop' }).did).toEqual([]);
});

test('quarantine that is decided while the process ends holds against stops, and refuses starts', () => {
  const story = new Story({ budget: 1 }).start().exit();
  expect(story.tell({ kind: 'wanted', what: 'start' }).did).toEqual(['settle SERVER_QUARANTINED']);
  expect(story.tell({ kind: 'wanted', what: 'stop' }).did).toEqual([]);
  const reset = new Story({ budget: 1 });
  reset.state = story.state;
  expect(story.gone().phase).toBe('quarantined');
  expect(reset.tell({ kind: 'wanted', what: 'reset' }).gone().phase).toBe('stopped');
});

test('a restart ends what runs and starts it anew, failures forgotten', () => {
  const story = new Story()
    .tell({ kind: 'wanted', what: 'start' })
    .exit()
    .gone()
    .tell({ kind: 'wanted', what: 'restart' });
  expect(story.state).toMatchObject({ phase: { kind: 'starting' }, failures: [], attempt: 0 });
  expect(story.tell({ kind: 'wanted', what: 'restart' }).did).toContain('signal end');
  expect(story.tell({ kind: 'wanted', what: 'restart' }).gone().did).toContain('spawn');
});

test('a reset forgets failures and leaves what runs or is scheduled', () => {
  const story = new Story()
    .tell({ kind: 'wanted', what: 'start' })
    .exit()
    .tell({ kind: 'wanted', what: 'reset' });
  expect(story.gone().did).toContain('arm backoff 1000');
  expect(story.tell({ kind: 'wanted', what: 'reset' }).phase).toBe('backoff');
  story.tell({ kind: 'backoff-over' }).start();
  for (let call = 0; call < 5; call += 1) story.tell({ kind: 'call-observed', ok: false });
  expect(story.phase).toBe('degraded');
  expect(story.tell({ kind: 'wanted', what: 'reset' }).state.phase).toMatchObject({
    kind: 'ready',
    callFailures: 0,
  });
});

test('five failed calls in a row degrade, one that succeeds restores', () => {
  const story = new Story().start();
  const fails = (times: number) =>
    story.tell(...Array.from({ length: times }, () => ({ kind: 'call-observed', ok: false }) as const));
  fails(4).tell({ kind: 'call-observed', ok: true });
  expect(fails(4).phase).toBe('ready');
  expect(fails(1).did).toEqual(['publish']);
  expect(story.phase).toBe('degraded');
  expect(story.tell({ kind: 'call-observed', ok: true }).phase).toBe('ready');
});

test('two unanswered probes degrade, five end the process, but not while calls run', () => {
  const story = new Story().start();
  expect(story.tell({ kind: 'probe-due' }).did).toEqual(['probe']);
  const unanswered = (busy: boolean) => story.tell({ kind: 'probe-done', run: story.run, ok: false, busy });
  expect(unanswered(false).phase).toBe('ready');
  expect(unanswered(false).did).toEqual(['publish', 'arm probe 10000']);
  expect(story.phase).toBe('degraded');
  for (let probe = 0; probe < 6; probe += 1) expect(unanswered(true).phase).toBe('degraded');
  expect(unanswered(false).did).toContain('signal end');
  expect(story.gone().phase).toBe('backoff');
  expect(story.state.problem?.message).toContain('9 probes in a row');
});

test('an answered probe restores, and failing calls still count', () => {
  const story = new Story().start();
  for (let turn = 0; turn < 5; turn += 1) story.tell({ kind: 'call-observed', ok: false });
  expect(story.tell({ kind: 'probe-done', run: story.run, ok: true, busy: false }).phase).toBe('degraded');
});

test('an idle process is stopped; one that is busy or was just used is looked at again later', () => {
  const story = new Story().start();
  expect(story.tell({ kind: 'idle-checked', busy: true, idleForMs: 99_999 }).did).toEqual(['arm idle 60000']);
  expect(story.tell({ kind: 'idle-checked', busy: false, idleForMs: 20_000 }).did).toEqual([
    'arm idle 40000',
  ]);
  expect(story.tell({ kind: 'idle-checked', busy: false, idleForMs: 60_000 }).did).toContain('signal end');
  expect(story.gone().phase).toBe('stopped');
});

test('without an idle time and a probe time neither timer is armed', () => {
  const story = new Story({ idleMs: 0, probeMs: 0 }).start();
  expect(story.did).toEqual(['disarm-timers', 'arm stable 300000', 'publish', 'settle ready']);
});

test('the time of a phase begins when its kind changes', () => {
  const story = new Story().start();
  const since = story.now;
  story.wait(5_000).tell({ kind: 'call-observed', ok: false });
  expect(story.state.since).toBe(since);
  story.wait(5_000).tell({ kind: 'wanted', what: 'stop' });
  expect(story.state.since).toBe(since + 10_000);
});

test('words of an earlier life, and words that do not fit the phase, change nothing', () => {
  const started = new Story().start().exit().gone().tell({ kind: 'backoff-over' });
  const late: Told[] = [
    { kind: 'spawned', run: 1 },
    { kind: 'handshake-done', run: 1 },
    { kind: 'start-failed', run: 1, failure },
    { kind: 'exited', run: 1, failure, manner: 'failed' },
    { kind: 'gone', run: 1, random: 0 },
    { kind: 'gone', run: 2, random: 0 },
    { kind: 'probe-due' },
    { kind: 'escalation-due' },
    { kind: 'backoff-over' },
  ];
  const misfits: Told[] = [
    { kind: 'spawned', run: 1 },
    { kind: 'handshake-done', run: 1 },
    { kind: 'start-failed', run: 1, failure },
  ];
  const unmoved = (story: Story, event: Told) => {
    const { state } = story;
    return story.tell(event).state === state && story.last.length === 0;
  };
  const serving = new Story().start();
  expect(late.map((event) => unmoved(started, event))).toEqual(late.map(() => true));
  expect(misfits.map((event) => unmoved(serving, event))).toEqual(misfits.map(() => true));
});
