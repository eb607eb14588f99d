import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { COMPLIANCE_CASES, type ComplianceCase } from '../fixtures/chat/open-responses-cases.ts';
import { eventErrors, resourceErrors } from '../fixtures/chat/open-responses.ts';
import { makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import {
  startScriptedProvider,
  type AskedProvider,
  type ScriptedProvider,
} from '../fixtures/models/scripted-provider.ts';
import { verifies } from '../verifies.ts';

let provider: ScriptedProvider;
let place: ReturnType<typeof makeHome>;
let hub: TestHub;

/** A model that calls the tool it is given, once, and otherwise talks. */
function answer({ body }: AskedProvider) {
  const isAnswered = body.messages.some(({ role }) => role === 'tool');
  const [tool] = body.tools;
  return tool === undefined || isAnswered
    ? 'Aye, that it is.'
    : { calls: [{ name: tool.function.name, arguments: { location: 'Oslo' } }] };
}

beforeAll(async () => {
  provider = await startScriptedProvider();
  place = makeHome({
    providers: {
      scripted: { baseUrl: provider.url, models: { 'scripted-1': { takesImages: true } }, retries: 0 },
    },
  });
  hub = await startHub(place.home);
});
beforeEach(() => provider.say(answer));
afterAll(async () => {
  await hub.stop();
  place.remove();
  await provider.close();
});

const post = (body: object): Promise<Response> =>
  fetch(`${hub.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'scripted/scripted-1', ...body }),
  });

const Resource = z.looseObject({
  id: z.string(),
  status: z.string(),
  output: z.array(z.looseObject({ type: z.string(), call_id: z.string().optional() })),
});
type Resource = z.infer<typeof Resource>;
const Event = z.looseObject({ type: z.string(), sequence_number: z.int(), response: Resource.optional() });

const NOTHING: Resource = { id: '', status: '', output: [] };

async function whole(body: object): Promise<Resource> {
  const given: unknown = await (await post(body)).json();
  expect(resourceErrors(given)).toEqual([]);
  return Resource.parse(given);
}

/** The answer that the last event holds; every event has its form, its name and its number. */
async function streamed(body: object): Promise<{ answer: Resource; types: readonly string[] }> {
  const text = await (await post({ ...body, stream: true })).text();
  const events = text
    .split('\n\n')
    .filter((event) => event.startsWith('event: '))
    .map((event) => {
      const [, name, data = '{}'] = /^event: (\S+)\ndata: (.*)$/.exec(event) ?? [];
      const parsed = Event.parse(JSON.parse(data));
      expect(parsed.type).toBe(name);
      return parsed;
    });
  expect(events.flatMap(eventErrors)).toEqual([]);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, n) => n));
  const types = events.filter((event) => !('counterpart' in event)).map(({ type }) => type);
  return { answer: events.at(-1)?.response ?? NOTHING, types };
}

/** Deltas are as many as the model makes of its words: one stands for all in a row. */
const once = (types: readonly string[]): string[] => types.filter((type, n) => type !== types[n - 1]);

const STEPS: Readonly<Record<ComplianceCase['wanted'], readonly string[]>> = {
  message: ['content_part.added', 'output_text.delta', 'output_text.done', 'content_part.done'],
  function_call: ['function_call_arguments.delta', 'function_call_arguments.done'],
};

describe('the compliance suite of Open Responses', () => {
  test.each(COMPLIANCE_CASES)('$id passes, whole and streamed', async ({ requests, wanted, told }) => {
    verifies('P35');
    let before = NOTHING;
    for (const request of requests.slice(0, -1)) before = await whole(request(before));
    const last = requests.at(-1)?.(before) ?? {};
    const answered = await whole(last);
    const toldModel = JSON.stringify(provider.asked.at(-1)?.body);
    expect(told.filter((words) => !toldModel.includes(words))).toEqual([]);
    const { answer: end, types } = await streamed(last);
    for (const { status, output } of [answered, end])
      expect([status, output.map(({ type }) => type)]).toEqual(['completed', [wanted]]);
    expect(once(types)).toEqual(
      ['created', 'in_progress', 'output_item.added', ...STEPS[wanted], 'output_item.done', 'completed'].map(
        (step) => `response.${step}`,
      ),
    );
  });

  test('tools of services that hold files and indexes are refused by name', async () => {
    for (const type of ['file_search', 'web_search']) {
      const response = await post({ input: 'Search.', tools: [{ type }] });
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { type: 'invalid_request_error', param: 'tools[0].type' } },
      ]);
    }
  });
});

describe('events beside those of the suite', () => {
  test('thoughts, a refusal and the sources of an answer have the form of Open Responses', async () => {
    provider.say({
      reasoning: 'Let me look.',
      text: 'Snow [1] falls.',
      members: { citations: ['https://snow.test/a'] },
    });
    const cited = await streamed({ input: 'Does it snow?' });
    expect(cited.types).toContain('response.output_text.annotation.added');
    expect(cited.answer.output).toMatchObject([
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me look.' }] },
      {
        type: 'message',
        content: [
          {
            text: 'Snow [1] falls.',
            annotations: [{ type: 'url_citation', url: 'https://snow.test/a', start_index: 5, end_index: 8 }],
          },
        ],
      },
    ]);
    provider.say({ refusal: 'I will not.' });
    const refused = await streamed({ input: 'Do harm.' });
    expect(refused.answer.output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'I will not.' }] }]);
  });
});
