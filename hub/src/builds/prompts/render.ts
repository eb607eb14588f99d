import { readFileSync } from 'node:fs';
import {
  CodeDraft,
  PlanAnswer,
  type AuthorQuestion,
  type LoopPlan,
  type QuestionKind,
  type RoundReport,
} from '@counterpart/schemas';
import { z } from 'zod';
import { nearestExample, type Example } from './examples.ts';

/** What a question is made from. Texts of people and services stand in fences of their own, as material. */
export interface PromptFacts {
  readonly kind: QuestionKind;
  /** What was wanted, in a person's words. */
  readonly wish: string;
  readonly plan?: LoopPlan | undefined;
  /** Pack that the answer to be repaired followed. */
  readonly repairs?: 'blueprint' | 'code' | undefined;
  /** The answer before, and what was found in it. */
  readonly before?: string | undefined;
  readonly report?: RoundReport | undefined;
  /** What was looked for and found on the way, one line each. */
  readonly findings?: readonly string[] | undefined;
  /** Files of the person: their settings, and how they look with every value masked. */
  readonly files?: readonly string[] | undefined;
}

export type Prompt = Pick<AuthorQuestion, 'pack' | 'system' | 'prompt' | 'schema' | 'tokens'>;

const FRONT = /^---\nversion: (?<version>\d+)\n---\n/;

function readPack(name: QuestionKind): { readonly id: string; readonly text: string } {
  const file = readFileSync(new URL(`./packs/${name}.md`, import.meta.url), 'utf8');
  const version = FRONT.exec(file)?.groups?.['version'] ?? '0';
  return { id: `${name}@${version}`, text: file.replace(FRONT, '').trim() };
}

/** The prompt for one question; equal facts give equal prompts. */
export function renderPrompt(facts: PromptFacts): Prompt {
  const pack = readPack(facts.kind);
  const base = facts.repairs === undefined ? undefined : readPack(facts.repairs);
  const system = [base?.text, pack.text].filter((text) => text !== undefined).join('\n\n');
  const prompt = sectionsOf(facts).join('\n\n');
  return {
    pack: base === undefined ? pack.id : `${base.id}+${pack.id}`,
    system,
    prompt,
    ...(facts.kind === 'plan' ? { schema: schemaOf(PlanAnswer) } : {}),
    ...(facts.kind === 'code' || facts.repairs === 'code' ? { schema: schemaOf(CodeDraft) } : {}),
    tokens: Math.ceil((system.length + prompt.length) / 4),
  };
}

const schemaOf = (schema: z.ZodType): Record<string, unknown> =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });

function sectionsOf(facts: PromptFacts): string[] {
  const { wish, plan, before, report, findings = [], files = [] } = facts;
  return [
    section('What is wanted, in the words of the person who asked', fenced(wish)),
    ...(plan === undefined ? [] : [section('The plan', fenced(JSON.stringify(plan, undefined, 2), 'json'))]),
    ...(findings.length === 0
      ? []
      : [section('What was looked for', findings.map((line) => `- ${line}`).join('\n'))]),
    ...(files.length === 0
      ? []
      : [section('Files that the person gives; values are masked', fenced(files.join('\n')))]),
    ...examplesFor(facts).map(({ title, text }) =>
      section(`An example of a good answer: ${title}`, fenced(text)),
    ),
    ...(before === undefined ? [] : [section('Your answer before', fenced(before))]),
    ...(report === undefined ? [] : [section('The report', fenced(renderReport(report)))]),
  ];
}

/** One, the nearest, with the first question; a repair has the answer itself to go by. */
function examplesFor({ kind, wish, plan, files = [] }: PromptFacts): Example[] {
  if (kind !== 'code' && kind !== 'blueprint') return [];
  const about = files.length > 0 ? 'files' : (plan?.net.length ?? 0) > 0 ? 'service' : undefined;
  return [nearestExample(kind, `${wish} ${plan?.summary ?? ''}`, about)];
}

const section = (title: string, body: string): string => `## ${title}\n\n${body}`;

/** A fence that nothing inside can close. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([mark]) => mark.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text.trimEnd()}\n${mark}`;
}

/** A report as an author reads it: everything, and nothing twice. */
export function renderReport({ problem, diagnostics, tests }: RoundReport): string {
  return [
    ...(problem === undefined ? [] : [problem]),
    ...diagnostics.map(
      ({ file, line, column, rule, severity, message, fix }) =>
        `${file}:${line}:${column} ${severity} ${rule}: ${message}\n    ${fix}`,
    ),
    ...(tests?.failures ?? []).map(
      ({ file, test, message }) => `${file} failed: ${test}\n    ${message.replaceAll('\n', '\n    ')}`,
    ),
    ...(tests === undefined ? [] : [`${tests.passed} tests passed, ${tests.failures.length} failed`]),
  ].join('\n');
}
