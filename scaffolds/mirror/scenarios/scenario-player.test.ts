import { Scenario } from '@counterpart/schemas/mirror/scenario';
import { describe, expect, test } from 'vitest';
import { checkScenario, createScenarioPlayer, type ScenarioPlayer } from './scenario-player.ts';
import { fillText, fillValue, parseTemplate, type TemplateValues } from './template.ts';

let count = 0;
const makers = {
  now: () => new Date('2026-01-02T03:04:05.000Z'),
  uuid: () => 'a-uuid',
  count: () => (count += 1),
  random: (min: number) => min,
  state: () => ({ pets: { 7: { name: 'Rex' } } }),
};

const values: TemplateValues = {
  ...makers,
  roots: { request: { body: { name: 'Ada', tags: ['x'], n: 3 } }, state: makers.state() },
};

describe('templates', () => {
  test('fill places with values, and keep the type of one that stands alone', () => {
    expect(
      fillValue(
        {
          greeting: 'Hello {{request.body.name | upper}}!',
          n: '{{request.body.n}}',
          tag: '{{ request.body.tags.0 }}',
          pet: '{{state.pets.7.name}}',
          at: '{{now}}',
          day: '{{now date}}',
          none: '{{request.body.missing | default "nobody here"}}',
          left: '{{request.body.missing}}',
        },
        values,
      ),
    ).toEqual({
      greeting: 'Hello ADA!',
      n: 3,
      tag: 'x',
      pet: 'Rex',
      at: '2026-01-02T03:04:05.000Z',
      day: '2026-01-02',
      none: 'nobody here',
      left: null,
    });
    expect(fillText('{{request.body.tags | json}} {{uuid}} {{random 1 6}}', values)).toBe('["x"] a-uuid 1');
  });

  test.each([
    ['{{constructor.constructor}}', 'must begin with'],
    ['{{request.body.name | exec}}', 'after | stands'],
    ['{{process.exit 1}}', 'must begin with'],
    ['{{random 1}}', 'random takes 2 words'],
    ['{{now later}}', 'now takes'],
  ])('%s is refused with a reason', (template, reason) => {
    expect(() => parseTemplate(template)).toThrow(reason);
  });

  test('read what a value has itself, and nothing that every object has', () => {
    expect(fillText('{{request.body.constructor.name}}{{request.__proto__.x}}', values)).toBe('');
  });
});

const request = (method: string, target: string, body?: object, headers: Record<string, string> = {}) => {
  const [path = '', query = ''] = target.split('?');
  return {
    method,
    path,
    query,
    headers: new Headers(headers),
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  };
};

async function played(
  player: ScenarioPlayer,
  asked: ReturnType<typeof request>,
): Promise<string | undefined> {
  const answer = player.play(asked, undefined);
  return answer && `${answer.response.status} ${await answer.response.text()}`;
}

describe('a scenario', () => {
  const scenario = Scenario.parse({
    name: 'sold-out',
    steps: [
      {
        in: 'start',
        when: { method: 'POST', path: '/orders' },
        answer: { status: 201, json: { id: '{{request.body.item}}' } },
        to: 'sold',
      },
      {
        in: 'sold',
        when: { method: 'POST', path: '/orders' },
        answer: { status: 409, text: 'sold out' },
        times: 1,
      },
      {
        in: 'sold',
        when: { path: '/orders/{id}', query: { lang: 'd*' } },
        answer: { text: 'Nr. {{request.path.id}}' },
      },
      { when: { headers: { 'x-who': 'me' }, body: { a: [1] } }, answer: { status: 204 } },
    ],
  });

  test('gives the first step that fits, moves on by its states, and leaves the rest to others', async () => {
    const player = createScenarioPlayer(scenario, makers);
    const order = request('POST', '/orders', { item: 5 });
    expect([await played(player, order), await played(player, order), await played(player, order)]).toEqual([
      '201 {"id":5}',
      '409 sold out',
      undefined,
    ]);
    expect(await played(player, request('GET', '/orders/a%20b?lang=de'))).toBe('200 Nr. a b');
    expect(await played(player, request('GET', '/orders/1?lang=en'))).toBeUndefined();
    expect(await played(player, request('PUT', '/x', { a: [1], b: 2 }, { 'x-who': 'me' }))).toBe('204 ');
    expect(player.progress).toEqual({ state: 'sold', answered: [1, 1, 1, 1] });
  });

  test('goes on where it was', async () => {
    const player = createScenarioPlayer(scenario, makers, { state: 'sold', answered: [1, 0, 0, 0] });
    expect(await played(player, request('POST', '/orders', { item: 5 }))).toBe('409 sold out');
  });

  test.each([
    [{ in: 'never', when: {}, answer: {} }, 'no step leads there'],
    [{ when: {}, answer: { json: {}, text: '' } }, 'json or text'],
    [{ when: {}, answer: { headers: { 'bad name': 'x' } } }, 'no name of a header'],
    [{ when: {}, answer: { json: { deep: ['{{nope}}'] } } }, 'must begin with'],
  ])('that cannot be played is refused: %j', (step, reason) => {
    expect(() => checkScenario(Scenario.parse({ name: 'bad', steps: [step] }))).toThrow(reason);
  });
});
