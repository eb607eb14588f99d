import { hubError, toCounterpartError, type EvalReport, type Json } from '@counterpart/schemas';
import { EvalCase } from '@counterpart/schemas/chat/eval';
import { z } from 'zod';
import { isMembers } from '../../../kernel/protocol/members.ts';
import { reportOf, scoreCase, type WatchedAnswer } from '../../../orchestrator/eval/score.ts';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { ChatNews } from '../../api/rooms/chat-api.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { readJsonLines } from '../../input/read-text.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

/** Exit code of a run that calls fewer tools than wanted. */
const TOO_FEW = 4;
const own = { parent: 'eval', group: 'hub' } as const;

const run = defineCommand({
  ...own,
  name: 'run',
  summary: 'Ask all questions of a file and compare tools, arguments and facts',
  description:
    'The file has a JSON object a line: { "messages": [{ "role": "user", "content": "…" }], "expect": { "tools": [{ "name": "…", "arguments": {…} }], "facts": ["…"] } }. Tools are really called; those that change things wait for an approval and are not. Reported: precision and recall of tools, accuracy of arguments, facts, rounds and cost.',
  arguments: [['<file>', 'Questions with what is expected, one a line (.jsonl)']],
  options: [
    [
      '--model <model>',
      'Which answers: hub/auto (the default), hub/heavy, a model; without a provider: rules',
    ],
    ['--min-recall <share>', 'Exit code 4 when fewer of the expected tools were called, such as 0.9'],
  ],
  examples: [
    ['hub eval run questions.jsonl', 'judges the model that the router takes'],
    ['hub eval run questions.jsonl --model hub/heavy --json', 'another tier, as JSON'],
  ],
  input: z.object({
    file: z.string(),
    model: z.string().default('hub/auto'),
    minRecall: z.coerce.number().min(0).max(1).optional(),
  }),
  async run(context, { file, model, minRecall }) {
    const cases = await readCases(context.io.cwd, file);
    const report = await withHub(context, (hub) =>
      context.working('Asking', async (progress) => {
        const results = [];
        for (const [at, one] of cases.entries()) {
          progress.update(`Asking ${at + 1} of ${cases.length}`);
          results.push(scoreCase(one, await watch(hub, one, { model, signal: context.signal })));
        }
        return reportOf(cases, results);
      }),
    );
    context.result(report, () => render(report, context));
    return minRecall !== undefined && (report.toolRecall ?? 1) < minRecall ? TOO_FEW : 0;
  },
});

async function readCases(cwd: string, file: string): Promise<readonly EvalCase[]> {
  const lines = await readJsonLines(cwd, file, EvalCase);
  if (lines.length === 0) throw hubError('INPUT_INVALID', { subject: file, detail: 'it holds no question' });
  return lines.map(({ value }) => value);
}

/** One answer, watched as any client of the chat sees it. */
async function watch(
  hub: HubApi,
  { messages }: EvalCase,
  { model, signal }: { readonly model: string; readonly signal: AbortSignal },
): Promise<WatchedAnswer> {
  const began = performance.now();
  const seen = new Watch();
  let problem: string | undefined;
  try {
    for await (const news of hub.chat.ask({ model, messages }, signal)) seen.take(news);
  } catch (cause) {
    signal.throwIfAborted();
    problem = toCounterpartError(cause).message;
  }
  return { ...seen.answer, durationMs: Math.round(performance.now() - began), problem };
}

/** What the news of one answer come to. */
class Watch {
  readonly #calls: WatchedAnswer['calls'][number][] = [];
  #text = '';
  #model: string | undefined;
  #costUsd = 0;
  #tokens = 0;
  #rounds = 1;
  #isAfterTools = false;

  get answer(): Omit<WatchedAnswer, 'durationMs' | 'problem'> {
    return {
      text: this.#text,
      model: this.#model,
      calls: this.#calls,
      rounds: this.#rounds,
      costUsd: this.#costUsd,
      tokens: this.#tokens,
    };
  }

  take(news: ChatNews): void {
    // What comes after the results of tools is another answer of the model.
    if (this.#isAfterTools && news.type !== 'tool-ended') this.#rounds += 1;
    this.#isAfterTools = news.type === 'tool-ended';
    switch (news.type) {
      case 'text':
        this.#text += news.text;
        break;
      case 'routed':
        this.#model = news.model;
        break;
      case 'tool-started':
        this.#calls.push({ name: news.name, arguments: argumentsOf(news.arguments) });
        break;
      case 'approval':
        for (const { tool, arguments: given } of news.calls)
          this.#calls.push({ name: tool, arguments: given });
        break;
      case 'usage':
        this.#costUsd = news.costUsd;
        this.#tokens = news.input + news.output;
        break;
      case 'tool-ended':
      case 'progress':
      case 'end':
    }
  }
}

function argumentsOf(text: string): Record<string, Json> {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return isMembers(value) ? z.record(z.string(), z.json()).parse(value) : {};
  } catch {
    return {};
  }
}

const percent = (value: number | undefined): string =>
  value === undefined ? '–' : `${(value * 100).toFixed(1)} %`;

function render(report: EvalReport, { paint, io }: Context): string {
  const wrong = report.results.filter(
    ({ missed, unexpected, missedFacts, problem, argumentAccuracy = 1 }) =>
      missed.length + unexpected.length + missedFacts.length > 0 ||
      problem !== undefined ||
      argumentAccuracy < 1,
  );
  const rows = wrong.map(({ name, missed, unexpected, missedFacts, problem }) => [
    name,
    [
      ...(problem === undefined ? [] : [problem]),
      ...missed.map((tool) => `not called: ${tool}`),
      ...unexpected.map((tool) => `unexpected: ${tool}`),
      ...missedFacts.map((fact) => `not said: ${fact}`),
    ].join('; ') || 'other arguments',
  ]);
  return [
    `${paint.strong(String(report.cases))} questions, ${report.cases - wrong.length} answered as expected`,
    `  tools      precision ${percent(report.toolPrecision)}, recall ${percent(report.toolRecall)}`,
    `  arguments  ${percent(report.argumentAccuracy)}    facts ${percent(report.facts)}`,
    `  ${report.tokens} tokens, $${report.costUsd.toFixed(4)}, ${report.failed} failed`,
    ...(rows.length === 0
      ? []
      : ['', renderTable(['QUESTION', 'WHAT WAS DIFFERENT'].map(paint.faint), rows, io.width)]),
  ].join('\n');
}

export const evals = defineGroup({
  name: 'eval',
  group: 'hub',
  summary: 'Judge how well chats use the tools',
  description:
    'Conversations with the tools and facts that belong to their answers are asked of a model, and compared.',
  verbs: [run],
  examples: [['hub eval run questions.jsonl', 'precision and recall of tools, accuracy of arguments']],
});
