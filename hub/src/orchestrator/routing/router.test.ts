import { hubError, RoutingConfig, type RouteRecord } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { Clock } from '../../kernel/clock.ts';
import type {
  ChatItem,
  GenerationEvent,
  ModelInfo,
  ProviderHealth,
  RouteDecision,
  RouteOutcome,
  RouteQuestion,
} from '../../kernel/ports.ts';
import { Router } from './router.ts';

const model = (id: string, more: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  provider: id.split('/')[0] ?? '',
  model: id.split('/')[1] ?? '',
  isLocal: id.startsWith('local/'),
  contextTokens: 128_000,
  takesTools: true,
  takesImages: false,
  price: id.startsWith('local/') ? { input: 0, output: 0 } : { input: 1, output: 5 },
  ...more,
});

const MODELS = [
  model('local/small', { contextTokens: 8_000, memoryMb: 4_000 }),
  model('perplexity/sonar'),
  model('claude/opus', { takesImages: true, price: { input: 15, output: 75 } }),
];
/** Below 0.3 local, below 0.7 Perplexity, else Claude. */
const TIERS = {
  standard: { models: ['local'] },
  heavy: { models: ['perplexity'] },
  ultra: { models: ['claude'] },
};

const user = (text: string): ChatItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'text', text }],
});
const EASY = 'What is the capital of Portugal?';
const MIDDLE = 'Prove that the square root of two is irrational';
const HARD =
  'Design a distributed rate limiter: it must survive failover, guarantee at most 1% overshoot, then compare two algorithms, analyse the worst case and prove the invariants in detail';

interface World {
  readonly router: Router;
  readonly kept: Map<string, RouteRecord>;
  readonly set: (routing: object) => void;
  readonly health: ProviderHealth[];
  readonly state: { now: number; freeMb: number | undefined; generated: string };
  readonly choose: (text: string, more?: Partial<RouteQuestion>) => RouteDecision;
}

function world(routing: object = { tiers: TIERS }, models: readonly ModelInfo[] = MODELS): World {
  let current = RoutingConfig.parse(routing);
  const kept = new Map<string, RouteRecord>();
  const health: ProviderHealth[] = [];
  const state = { now: 1_700_000_000_000, freeMb: 16_000 as number | undefined, generated: '' };
  const clock: Clock = { now: () => state.now, after: () => () => undefined };
  async function* generate(): AsyncIterable<GenerationEvent> {
    yield await Promise.resolve({ type: 'text', delta: state.generated } as const);
  }
  const router = new Router({
    routing: () => current,
    generations: { models: () => models, health: () => health, generate },
    clock,
    records: {
      keep: (record) => void kept.set(record.id, record),
      list: () => Promise.resolve([...kept.values()].toReversed()),
      find: (id) => Promise.resolve(kept.get(id)),
      spentSince: () => Promise.resolve(0),
      flush: () => Promise.resolve(),
    },
    meter: { decided: () => undefined, ended: () => undefined },
    freeMemoryMb: () => state.freeMb,
  });
  return {
    router,
    kept,
    health,
    state,
    set: (next) => {
      current = RoutingConfig.parse(next);
    },
    choose: (text, more = {}) =>
      router.choose({ asked: 'hub/auto', items: [user(text)], toolCount: 0, principal: 'owner', ...more }),
  };
}

const ended = (of: RouteDecision, more: Partial<RouteOutcome> = {}): RouteOutcome => ({
  model: of.model,
  outcome: 'ok',
  durationMs: 100,
  usage: { input: 10, output: 10 },
  costUsd: 0,
  toolCalls: [],
  ...more,
});

test('below 0.3 the local model answers, below 0.7 Perplexity, above Claude, each move told', () => {
  verifies('F04', 'I07');
  const { choose } = world();
  const short = ({ tier, model: id, delegated }: RouteDecision) => ({ tier, id, reason: delegated?.reason });
  expect([EASY, MIDDLE, HARD].map((text) => short(choose(text)))).toEqual([
    { tier: 'standard', id: 'local/small', reason: undefined },
    { tier: 'heavy', id: 'perplexity/sonar', reason: 'complexity' },
    { tier: 'ultra', id: 'claude/opus', reason: 'complexity' },
  ]);
});

test('code goes to the online tier and research to its provider, easy chat stays local', () => {
  verifies('F01', 'F17');
  const { choose } = world({
    tiers: TIERS,
    categories: {
      chat: { provider: 'local' },
      code: { tier: 'ultra', provider: 'claude', model: 'opus' },
      research: { provider: 'perplexity' },
    },
  });
  expect(choose(EASY).model).toBe('local/small');
  expect(choose('Write a Python function that reverses a string')).toMatchObject({
    classification: { category: 'code' },
    model: 'claude/opus',
    tier: 'ultra',
  });
  expect(choose('What is the latest news about bees?').model).toBe('perplexity/sonar');
});

test('without any tier configured, local models are standard and others are told apart by price', () => {
  const cheap = model('mini/flash', { price: { input: 0.1, output: 0.4 } });
  const { choose } = world({}, [...MODELS, cheap]);
  expect([EASY, MIDDLE, HARD].map((text) => choose(text).model)).toEqual([
    'local/small',
    'perplexity/sonar',
    'claude/opus',
  ]);
  expect(choose(EASY).fallbacks[0]).toBe('mini/flash');
});

const CONSTRAINTS = [
  {
    what: 'too long a context',
    routing: {},
    text: `${EASY} ${'lorem ipsum dolor '.repeat(2_500)}`,
    why: /do not fit into 8000/,
    reason: 'context',
  },
  {
    what: 'too much memory',
    routing: { constraints: { maxMemoryMb: 2_000 } },
    why: /takes 4000 MB/,
    reason: 'memory-pressure',
  },
  {
    what: 'too little memory left',
    routing: { constraints: { minFreeMemoryMb: 20_000 } },
    why: /16000 MB of memory are free/,
    reason: 'memory-pressure',
  },
  {
    what: 'a switch',
    routing: { disabled: ['local/*'] },
    why: /switched off/,
    reason: 'constraint',
  },
  {
    what: 'a price too high',
    routing: { constraints: { maxCostUsd: 0.01 }, policy: 'best' },
    why: /more than \$0.01/,
    reason: 'constraint',
  },
] as const;

test.each(CONSTRAINTS)('$what excludes a model, with the reason', ({ routing, why, reason, ...more }) => {
  verifies('F18', 'F35');
  const decision = world({ tiers: TIERS, ...routing }).choose('text' in more ? more.text : EASY);
  expect(decision).toMatchObject({
    model: 'perplexity/sonar',
    delegated: { to: 'perplexity/sonar', reason },
  });
  expect(decision.excluded[0]?.why).toMatch(why);
});

test('a question too long for all that may answer is told as such, with the largest; what lacks something else is not', () => {
  const long = `${EASY} ${'lorem ipsum dolor '.repeat(2_500)}`;
  const { choose, set } = world();
  const thrown = (ask: () => unknown): unknown => {
    try {
      return ask();
    } catch (cause) {
      return cause;
    }
  };
  expect(thrown(() => choose(long, { asked: 'local/small' }))).toMatchObject({
    code: 'MODEL_OVER_CONTEXT',
    params: {
      model: 'local/small',
      detail: expect.stringMatching(/^\d+ tokens do not fit into 8000$/) as string,
    },
  });
  set({ tiers: TIERS, disabled: ['perplexity/*'] });
  expect(thrown(() => choose(long.repeat(20)))).toMatchObject({
    code: 'MODEL_OVER_CONTEXT',
    params: {
      model: 'claude/opus',
      detail: expect.stringContaining('perplexity/sonar: it is switched off') as string,
    },
  });
  set({ tiers: TIERS, disabled: ['*'] });
  expect(thrown(() => choose(long))).toMatchObject({ code: 'ROUTE_IMPOSSIBLE' });
});

test('a model that was slow gives way: out above the limit, to the back above the threshold', () => {
  verifies('F35');
  const made = world({ tiers: TIERS, constraints: { delegationLatencyThresholdMs: 500 } });
  made.router.observe(made.choose(EASY), ended(made.choose(EASY), { firstTokenMs: 900 }));
  const slow = made.choose(EASY, { conversation: 'new' });
  expect(slow).toMatchObject({
    model: 'perplexity/sonar',
    delegated: { from: 'local/small', reason: 'latency' },
  });
  expect(slow.fallbacks).toContain('local/small');
  made.set({ tiers: TIERS, constraints: { maxLatencyMs: 500 } });
  const out = made.choose(EASY, { conversation: 'newer' });
  expect(out).toMatchObject({ model: 'perplexity/sonar', delegated: { reason: 'latency' } });
  expect(out.fallbacks).not.toContain('local/small');
});

test('a principal uses the models it has a right to, however it asks; who is not named may use all', () => {
  const { choose, set } = world();
  set({ tiers: TIERS, rights: { guest: ['local/*'] } });
  expect(choose(HARD).model).toBe('claude/opus');
  expect(choose(HARD, { principal: 'guest' })).toMatchObject({
    model: 'local/small',
    excluded: [
      { model: 'claude/opus', why: 'guest may not use it' },
      { model: 'perplexity/sonar', why: 'guest may not use it' },
    ],
  });
  expect(() => choose(HARD, { principal: 'guest', asked: 'claude/opus' })).toThrow(/guest may not use it/);
});

test('what is sensitive is told to local models only, whoever is asked for and whatever fails', () => {
  verifies('I11');
  const { choose, router, health } = world();
  const card = 'My card is 4111 1111 1111 1111. Design a distributed proof in detail of why it is valid';
  const decision = choose(card);
  expect(decision).toMatchObject({
    model: 'local/small',
    fallbacks: [],
    classification: { needs: { local: true } },
  });
  expect(router.next(decision, hubError('MODEL_UNREACHABLE', {}))).toBeUndefined();
  expect(router.escalate(decision, 'low-consistency')).toBeUndefined();
  expect(() => choose(card, { asked: 'claude/opus' })).toThrow(
    /what is sensitive is told to local models only/,
  );
  health.push({ provider: 'local', state: 'open' });
  expect(() => choose(card, { conversation: 'other' })).toThrow(/No model may answer this/);
});

test('with `localOnly` nothing leaves the machine, and a request can ask for the same', () => {
  verifies('I11', 'P06');
  const { choose } = world({ tiers: TIERS, constraints: { localOnly: true } });
  expect(choose(HARD)).toMatchObject({ model: 'local/small', fallbacks: [] });
  const free = world();
  expect(free.choose(HARD, { limits: { localOnly: true } })).toMatchObject({
    model: 'local/small',
    fallbacks: [],
  });
  expect(free.choose(HARD, { limits: { maxCostUsd: 0.02 } }).model).toBe('perplexity/sonar');
});

test('without a local model what is sensitive goes out, unless the rule says local', () => {
  const card = 'My card is 4111 1111 1111 1111';
  const online = MODELS.slice(1);
  expect(world({}, online).choose(card).model).toBe('perplexity/sonar');
  expect(() => world({ sensitive: { rule: 'local' } }, online).choose(card)).toThrow(
    /told to local models only/,
  );
});

test('images and tools need a model that takes them', () => {
  const blind = model('local/blind', { takesTools: false });
  const { choose } = world({ tiers: { ...TIERS, standard: { models: ['local/blind', 'local/small'] } } }, [
    blind,
    ...MODELS,
  ]);
  expect(choose(EASY).model).toBe('local/blind');
  expect(choose('Show my calendar', { toolCount: 3 })).toMatchObject({
    model: 'local/small',
    delegated: { reason: 'constraint' },
  });
  const picture: ChatItem = {
    type: 'message',
    role: 'user',
    content: [{ type: 'image', url: 'https://example.com/a.png' }],
  };
  expect(choose('', { items: [picture] }).model).toBe('claude/opus');
});

test('what may be spent in a day is not overspent: then only what costs nothing is asked', () => {
  const made = world({ tiers: TIERS, constraints: { budgetUsdPerDay: 1 } });
  const hard = made.choose(HARD);
  expect(hard.model).toBe('claude/opus');
  made.router.observe(hard, ended(hard, { costUsd: 0.99 }));
  expect(made.choose(HARD, { conversation: 'next' })).toMatchObject({ model: 'perplexity/sonar' });
  made.router.observe(hard, ended(hard, { costUsd: 0.01 }));
  expect(made.choose(HARD, { conversation: 'third' })).toMatchObject({ model: 'local/small' });
  made.state.now += 86_400_000;
  expect(made.choose(HARD, { conversation: 'fourth' }).model).toBe('claude/opus');
});

test('a model, a provider or a tier can be asked for by name; what there is not is refused with what is near', () => {
  verifies('I13');
  const { choose } = world();
  expect(choose(EASY, { asked: 'claude/opus' })).toMatchObject({
    model: 'claude/opus',
    delegated: { from: 'standard', reason: 'override' },
  });
  expect(choose(EASY, { asked: 'perplexity' }).model).toBe('perplexity/sonar');
  expect(choose(EASY, { asked: 'opus' }).model).toBe('claude/opus');
  expect(choose(EASY, { asked: 'hub/heavy' })).toMatchObject({ tier: 'heavy', model: 'perplexity/sonar' });
  expect(() => choose(EASY, { asked: 'claude/opsu' })).toThrow(/Did you mean claude\/opus/);
  expect(() => world({}, []).choose(EASY)).toThrow(/No model answers here yet/);
});

test('a conversation stays with its model in each tier, also for a short answer, and apart for each principal', () => {
  const { choose, set } = world({ tiers: { ...TIERS, standard: { models: ['local', 'perplexity'] } } });
  const first = choose(EASY, { conversation: 'c' });
  set({ tiers: { ...TIERS, standard: { models: ['perplexity', 'local'] } } });
  expect(choose(EASY, { conversation: 'c' })).toMatchObject({ model: first.model, pinned: 'sticky' });
  expect(choose(EASY, { conversation: 'c', principal: 'guest' })).toMatchObject({
    model: 'perplexity/sonar',
  });
  const items = [user(HARD), user('commit it')];
  expect(choose('', { items, conversation: 'd' })).toMatchObject({ tier: 'ultra' });
});

test('in the middle of tool calls the model that began goes on, however easy the rest looks', () => {
  const { choose, router } = world();
  const began = choose(HARD, { conversation: 'c', toolCount: 2 });
  const items: ChatItem[] = [
    user(EASY),
    { type: 'function_call', callId: '1', name: 'a', arguments: '{}' },
    { type: 'function_call_output', callId: '1', output: 'ok' },
  ];
  expect(choose('', { items, conversation: 'c', toolCount: 2 })).toMatchObject({
    model: began.model,
    pinned: 'locked',
  });
  expect(choose(EASY, { conversation: 'c', locked: true })).toMatchObject({
    model: began.model,
    pinned: 'locked',
  });
  const moved = router.next(began, hubError('MODEL_UNREACHABLE', {}));
  expect(choose('', { items, conversation: 'c', toolCount: 2 })).toMatchObject({
    model: moved?.model,
    pinned: 'locked',
  });
});

test('a client that sends the whole conversation each time is known again without an id', () => {
  const { choose } = world();
  const began = choose(HARD, { toolCount: 1 });
  const items: ChatItem[] = [
    user(HARD),
    { type: 'function_call', callId: '1', name: 'a', arguments: '{}' },
    { type: 'function_call_output', callId: '1', output: 'ok' },
  ];
  expect(choose('', { items, toolCount: 1 })).toMatchObject({ model: began.model, pinned: 'locked' });
});

test('after a failure the next model is one that can do better, and the move is told', () => {
  verifies('F07');
  const two = [...MODELS, model('claude/haiku', { contextTokens: 4_000 })];
  const { choose, router } = world({ tiers: { ...TIERS, ultra: { models: ['claude'] } } }, two);
  const hard = choose(HARD);
  const unreachable = router.next(hard, hubError('MODEL_UNREACHABLE', {}));
  expect(unreachable).toMatchObject({
    model: 'perplexity/sonar',
    delegated: { from: 'claude/opus', reason: 'failure' },
  });
  expect(router.next(hard, hubError('MODEL_OVER_QUOTA', {}))?.fallbacks.at(-1)).toBe('claude/haiku');
  expect(router.next(hard, hubError('INPUT_INVALID', { subject: 'x', detail: 'y' }))).toBeUndefined();
  const last = unreachable && router.next(unreachable, hubError('MODEL_SLOW', {}));
  expect(last).toMatchObject({ delegated: { reason: 'latency' } });
});

test('unsure answers are taken a tier higher, up to the highest', () => {
  verifies('L04', 'F07');
  const { choose, router } = world();
  const easy = choose(EASY);
  const heavy = router.escalate(easy, 'low-consistency');
  expect(heavy).toMatchObject({
    model: 'perplexity/sonar',
    delegated: { from: 'standard', to: 'heavy', reason: 'low-consistency' },
  });
  const ultra = heavy && router.escalate(heavy, 'low-consistency');
  expect(ultra).toMatchObject({ model: 'claude/opus' });
  expect(ultra && router.escalate(ultra, 'low-consistency')).toBeUndefined();
});

test('a provider whose circuit is open is passed by until it may be tried again', () => {
  const { choose, health, state } = world();
  health.push({ provider: 'local', state: 'open', retryAt: state.now + 1_000 });
  expect(choose(EASY)).toMatchObject({
    model: 'perplexity/sonar',
    delegated: { from: 'local/small', reason: 'failure' },
  });
  state.now += 2_000;
  expect(choose(EASY, { conversation: 'later' }).model).toBe('local/small');
});

test('the policies cheapest, fastest and best choose among all models from the wanted tier up', () => {
  const { choose, router, set } = world();
  const claude = choose(HARD);
  router.observe(claude, ended(claude, { firstTokenMs: 50 }));
  const sonar = choose(MIDDLE, { conversation: 'm' });
  router.observe(sonar, ended(sonar, { firstTokenMs: 400 }));
  set({ tiers: TIERS, policy: 'fastest' });
  expect(choose(MIDDLE, { conversation: 'a' }).model).toBe('claude/opus');
  set({ tiers: TIERS, policy: 'cheapest' });
  expect(choose(MIDDLE, { conversation: 'b' }).model).toBe('perplexity/sonar');
  set({ tiers: TIERS, policy: 'best' });
  expect(choose(EASY, { conversation: 'c' }).model).toBe('claude/opus');
});

test('a tier answers only so many at once; the others wait by priority, or go elsewhere', async () => {
  verifies('F19');
  const tiers = { ...TIERS, standard: { models: ['local'], maxConcurrent: 1, priority: { code: 5 } } };
  const { choose, router, set } = world({ tiers });
  const { signal } = new AbortController();
  const leave = await router.admit(choose(EASY), signal);
  const order: string[] = [];
  const enter = async (text: string) => {
    const place = await router.admit(choose(text), signal);
    order.push(text);
    return place;
  };
  const gone = new AbortController();
  const aborted = router.admit(choose(EASY), gone.signal);
  const [chat, code] = [enter(EASY), enter('Write a Python function')];
  gone.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  leave();
  leave();
  (await code)();
  (await chat)();
  expect(order).toEqual(['Write a Python function', EASY]);
  set({ tiers: { ...tiers, standard: { ...tiers.standard, whenFull: 'delegate' } } });
  const held = await router.admit(choose(EASY), signal);
  expect(choose(EASY, { conversation: 'x' })).toMatchObject({
    model: 'perplexity/sonar',
    delegated: { reason: 'capacity' },
  });
  held();
});

test('a small model can classify; when it fails or babbles the rules stand, and what is sensitive is not shown to it', async () => {
  const made = world({ tiers: TIERS, classifier: { model: 'perplexity/sonar' } });
  const { signal } = new AbortController();
  const question = { asked: 'hub/auto', items: [user(EASY)], toolCount: 0, principal: 'owner' };
  made.state.generated = 'Sure! {"category":"research","complexity":0.9}';
  const asked = await made.router.prepare(question, signal);
  expect(made.router.choose(asked)).toMatchObject({
    tier: 'ultra',
    classification: { category: 'research', signals: { by: 'perplexity/sonar', 'rules.category': 'chat' } },
  });
  made.state.generated = 'I would rather not';
  expect((await made.router.prepare(question, signal)).classification).toMatchObject({ category: 'chat' });
  made.state.generated = '{"category":"research","complexity":0.9}';
  const card = { ...question, items: [user('My card is 4111 1111 1111 1111')] };
  expect((await made.router.prepare(card, signal)).classification).toMatchObject({ category: 'chat' });
});

test('a changed configuration counts for the next decision, and leaves those that were made', () => {
  const { choose, set, router } = world();
  const before = choose(EASY);
  set({ tiers: TIERS, disabled: ['local'] });
  expect(before.model).toBe('local/small');
  expect(choose(EASY).model).toBe('perplexity/sonar');
  router.observe(before, ended(before));
});

test('every decision is kept with its signals and its end, and none with what was said', () => {
  verifies('L05');
  const { choose, router, kept } = world();
  const decision = choose('Please write the word zanzibar', { conversation: 'c' });
  router.observe(decision, ended(decision, { agreement: 0.75, costUsd: 0.5 }));
  const record = kept.get(decision.id);
  expect(record).toMatchObject({
    model: 'local/small',
    conversation: 'c',
    classification: { signals: { by: 'rules', words: 5 } },
    outcome: { outcome: 'ok', agreement: 0.75, reward: 0.5 * 0.25 + 0.2 / 1.5 },
  });
  expect(JSON.stringify(record)).not.toContain('zanzibar');
});

test('with the bandit on, the model that earned more answers new conversations of its kind', () => {
  const pair = [model('a/one'), model('b/two')];
  const made = world({ tiers: { standard: { models: ['a', 'b'] } }, bandit: { enabled: true } }, pair);
  for (let round = 0; round < 60; round += 1) {
    const decision = made.choose(EASY, { conversation: String(round) });
    made.router.observe(decision, ended(decision, { agreement: decision.model === 'b/two' ? 1 : 0 }));
  }
  const last = Array.from(
    { length: 20 },
    (_, round) => made.choose(EASY, { conversation: `late ${round}` }).model,
  );
  expect(last.filter((id) => id === 'b/two').length).toBeGreaterThan(15);
});

test('choosing reads a conversation of 100 kB in a few milliseconds, however busy the machine is', () => {
  const { choose } = world();
  const items = Array.from({ length: 50 }, (_, index) =>
    user(`${index} The quick brown fox jumps over 23 things. `.repeat(42)),
  );
  const took = Array.from({ length: 200 }, () => choose('', { items }).tookMs).toSorted((a, b) => a - b);
  // On a machine under load wall time says little: the bound is ten times what an idle one may take.
  expect(took[100]).toBeLessThan(20);
});
