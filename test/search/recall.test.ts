import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listTools } from '@counterpart/kit';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { ServerId, type ToolDefinition } from '@counterpart/schemas';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hubName } from '../../hub/src/catalog/names.ts';
import { analyseTool } from '../../hub/src/search/analysis.ts';
import { ToolIndex } from '../../hub/src/search/tool-index.ts';
import { descriptionsDir, hasDescriptions } from '../e2e/builder-workspace.ts';

/** Real services with much in common: messages, files, users, groups, webhooks and templates exist in several of them. */
const SERVICES: Readonly<Record<string, string>> = {
  box: 'box.json',
  docker: 'docker-v2.yaml',
  notion: 'notion.json',
  sendgrid: 'sendgrid3.json',
  slack: 'slack-v2.json',
  stripe: 'stripe.json',
  twilio: 'twilio-2010.json',
};

/** Shares of questions answered among the first hits. Raise them when the search gets better; never lower them. */
const FLOORS = { 1: 0.43, 5: 0.74, 10: 0.82 } as const;

/** A measured share may exceed its floor by this much before the floor must be raised. */
const SLACK = 0.02;

const Questions = z.array(
  z.strictObject({
    question: z.string(),
    /** Any of these answers it. */
    tools: z.array(z.string()).min(1),
    /** Written after the search was last changed: says how it does with what nobody had in mind. */
    unseen: z.literal(true).optional(),
  }),
);
const questions = Questions.parse(
  JSON.parse(readFileSync(new URL('questions.json', import.meta.url), 'utf8')),
);

const missing = 'the descriptions of real services are not beside this repository';

describe.skipIf(!hasDescriptions)(
  `search over the tools of ${Object.keys(SERVICES).length} real services (skipped when ${missing})`,
  () => {
    const tools = new Map<string, ToolDefinition>();
    /** `service/tool` → its name in the hub. */
    const names = new Map<string, string>();
    const index = new ToolIndex();
    const found = new Map<string, readonly string[]>();

    beforeAll(async () => {
      for (const [id, file] of Object.entries(SERVICES)) {
        const source = await loadSource(join(descriptionsDir, file));
        const { blueprint } = await readOpenApi(source, { id: ServerId.parse(id) });
        for (const tool of listTools(blueprint)) {
          const name = hubName(id, id, tool.name);
          names.set(`${id}/${tool.name}`, name);
          tools.set(name, tool);
          index.add(name, analyseTool(name, tool));
        }
      }
      for (const { question } of questions) found.set(question, index.find(question, 10));
    });

    const recallAt = (first: number, among = questions): number => {
      const answered = among.filter(({ question, tools: right }) => {
        const hits = found.get(question)?.slice(0, first) ?? [];
        return right.some((tool) => hits.includes(names.get(tool) ?? ''));
      });
      return answered.length / among.length;
    };

    test('there are questions and tools enough for the number to mean something, and every answer exists', () => {
      expect(questions.length).toBeGreaterThanOrEqual(200);
      expect(tools.size).toBeGreaterThanOrEqual(1_000);
      expect(new Set(questions.map(({ question }) => question)).size).toBe(questions.length);
      expect(questions.flatMap((one) => one.tools).filter((tool) => !names.has(tool))).toEqual([]);
    });

    test('no question is copied from what its tool says of itself', () => {
      const copied = questions.filter(({ question, tools: right }) =>
        right.some((tool) => {
          const { description = '', title = '' } = tools.get(names.get(tool) ?? '') ?? {};
          const first = description.split(/[.\n]/, 1)[0]?.trim().toLowerCase();
          return question.toLowerCase() === first || question.toLowerCase() === title.toLowerCase();
        }),
      );
      expect(copied).toEqual([]);
    });

    test.each([1, 5, 10] as const)('enough questions find their tool among the first %i hits', (first) => {
      const recall = recallAt(first);
      const unseen = recallAt(
        first,
        questions.filter((one) => one.unseen),
      );
      // Shown with the results: this number is what the search is judged by.
      process.stdout.write(
        `recall@${first} = ${recall.toFixed(3)} (${questions.length} questions, ${tools.size} tools, floor ${FLOORS[first]}; unseen ones ${unseen.toFixed(3)})\n`,
      );
      expect(recall).toBeGreaterThanOrEqual(FLOORS[first]);
      expect(recall, 'the search got better: raise the floor').toBeLessThan(FLOORS[first] + SLACK);
    });
  },
);
