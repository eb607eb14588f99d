import { beforeAll, describe, expect, test } from 'vitest';
import { hasDescriptions } from '../e2e/builder-workspace.ts';
import { answerBytes, descriptionBytes, firstListBytes } from './footprint.ts';
import {
  copiedIn,
  questionsIn,
  recallAt,
  searchedServices,
  withoutAnnotations,
  type Searched,
} from './services.ts';

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

/** What people ask who know what they want done and not what it is called; the search was made with these. */
const questions = questionsIn('questions.json');
/** What a tool's first line says, in other words. */
const paraphrases = questionsIn('paraphrases.json');

/** Shares of questions answered among the first hits. Raise them when the search gets better; never lower them. */
const FLOORS = [
  ['questions', questions, 1, 0.46],
  ['questions', questions, 5, 0.79],
  ['questions', questions, 10, 0.88],
  ['paraphrases', paraphrases, 1, 0.74],
  ['paraphrases', paraphrases, 5, 0.96],
  ['paraphrases', paraphrases, 10, 0.97],
] as const;

/** The same where tools neither are annotated nor come with hints. */
const BARE_FLOORS = [
  ['questions', questions, 1, 0.46],
  ['questions', questions, 5, 0.77],
  ['questions', questions, 10, 0.885],
  ['paraphrases', paraphrases, 1, 0.72],
  ['paraphrases', paraphrases, 5, 0.965],
  ['paraphrases', paraphrases, 10, 0.97],
] as const;

/** A measured share may exceed its floor by this much before the floor must be raised. */
const SLACK = 0.025;

const missing = 'the descriptions of real services are not beside this repository';

describe.skipIf(!hasDescriptions)(
  `search over the tools of ${Object.keys(SERVICES).length} real services (skipped when ${missing})`,
  () => {
    let searched: Searched;
    let bare: Searched | undefined;

    beforeAll(async () => {
      searched = await searchedServices(SERVICES);
    }, 60_000);

    test('there are questions and tools enough for the number to mean something, and every answer exists', () => {
      const asked = [...questions, ...paraphrases];
      expect(questions.length).toBeGreaterThanOrEqual(200);
      expect(searched.routes.size).toBeGreaterThanOrEqual(1_000);
      expect(new Set(asked.map(({ question }) => question)).size).toBe(asked.length);
      expect(asked.flatMap((one) => one.tools).filter((tool) => !searched.names.has(tool))).toEqual([]);
    });

    test('no question is copied from what its tool says of itself', () => {
      expect(copiedIn([...questions, ...paraphrases], searched)).toEqual([]);
    });

    test.each(FLOORS)('enough %s find their tool among the first hits', (set, asked, first, floor) => {
      const recall = recallAt(first, asked, searched);
      // Shown with the results: this number is what the search is judged by.
      process.stdout.write(
        `${set}: recall@${first} = ${recall.toFixed(3)} of ${asked.length} (floor ${floor})\n`,
      );
      expect(recall).toBeGreaterThanOrEqual(floor);
      expect(recall, 'the search got better: raise the floor').toBeLessThan(floor + SLACK);
    });

    test.each(BARE_FLOORS)(
      'enough %s find their tool among the first hits where nothing is annotated',
      async (set, asked, first, floor) => {
        bare ??= await withoutAnnotations(searched);
        const recall = recallAt(first, asked, bare);
        process.stdout.write(
          `bare, ${set}: recall@${first} = ${recall.toFixed(3)} of ${asked.length} (floor ${floor})\n`,
        );
        expect(recall).toBeGreaterThanOrEqual(floor);
        expect(recall, 'the search got better: raise the floor').toBeLessThan(floor + SLACK);
      },
    );

    test('what a model is given of Stripe is small at every step', () => {
      expect(firstListBytes(searched)).toBeLessThanOrEqual(8_000);
      expect(descriptionBytes('stripe', searched)).toBeLessThanOrEqual(24_000);
      expect(answerBytes(searched, [...questions, ...paraphrases])).toBeLessThanOrEqual(2_048);
    });
  },
);
