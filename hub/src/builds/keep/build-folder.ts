import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AuthorQuestion, LoopDecision, RoundReport, type LoopStage } from '@counterpart/schemas';
import { z } from 'zod';
import { writeWhole } from '../../kernel/files/write-whole.ts';

/** A decision as it is kept. */
export const KeptDecision = z.strictObject({ ...LoopDecision.shape, by: z.string(), at: z.iso.datetime() });
export type KeptDecision = z.infer<typeof KeptDecision>;

/** An answer as its author gave it, before anything is made of it. */
export interface GivenAnswer {
  readonly text: string;
  /** Of a model; absent for people and clients. */
  readonly model?: string | undefined;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | undefined;
}

/**
 * What a build keeps: `results/` of finished stages, `questions/` and `answers/` of its author, `reports/`, drafts, what was
 * `given/` to it by a client, and the `candidate/` itself. Every file is written whole or not at all.
 */
export class BuildFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    for (const name of ['results', 'questions', 'answers', 'reports', 'drafts'])
      mkdirSync(join(path, name), { recursive: true, mode: 0o700 });
  }

  /** Where the package is made that a person is asked about. */
  get candidate(): string {
    return join(this.path, 'candidate');
  }

  /** Keeps a file that was handed in, for as long as the server may read it; its path. */
  keepGiven(name: string, content: Uint8Array): string {
    const folder = join(this.path, 'given');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, name);
    writeWhole(path, content);
    return path;
  }

  draft(name: string): string {
    return join(this.path, 'drafts', name);
  }

  /** A finished stage's result; undefined when it is not finished. */
  result<T>(name: string, schema: z.ZodType<T>): T | undefined {
    return this.#read(join('results', `${name}.json`), schema);
  }

  keepResult(name: string, value: unknown): void {
    this.#write(join('results', `${name}.json`), value);
  }

  /** Forgets results, so that their stages are done again. */
  dropResults(isMeant: (name: string) => boolean): void {
    for (const file of readdirSync(join(this.path, 'results')))
      if (isMeant(file.replace(/\.json$/, ''))) rmSync(join(this.path, 'results', file));
  }

  /** Questions so far, in their order. */
  questions(): AuthorQuestion[] {
    return this.#numbered('questions').flatMap((file) => this.#read(file, AuthorQuestion) ?? []);
  }

  question(number: number): AuthorQuestion | undefined {
    return this.#read(join('questions', `${number}.json`), AuthorQuestion);
  }

  /** Number of the first question for a draft; those for the plan stand before it. */
  get firstDraft(): number {
    const forPlan = this.questions().filter(({ kind }) => kind === 'plan').length;
    return Math.max(1, forPlan) + 1;
  }

  ask(question: AuthorQuestion): void {
    this.#write(join('questions', `${question.number}.json`), question);
  }

  answer(number: number): GivenAnswer | undefined {
    const file = join(this.path, 'answers', `${number}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as GivenAnswer) : undefined; // Our own file.
  }

  keepAnswer(number: number, answer: GivenAnswer): void {
    this.#write(join('answers', `${number}.json`), { ...answer });
  }

  /** Puts what was asked and answered from a number on, and its reports, aside: it is asked anew. */
  dropAnswers(from: number, attempt: number): void {
    const aside = join(this.path, 'earlier', String(attempt));
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const folder of ['questions', 'answers', 'reports'])
      for (const file of this.#numbered(folder))
        if (folder === 'reports' || Number.parseInt(basename(file), 10) >= from)
          renameSync(join(this.path, file), join(aside, `${folder}-${basename(file)}`));
  }

  reports(): RoundReport[] {
    return this.#numbered('reports').flatMap((file) => this.#read(file, RoundReport) ?? []);
  }

  keepReport(report: RoundReport): void {
    this.#write(join('reports', `${report.round}.json`), report);
  }

  /** A person's word on the candidate, with who gave it. */
  decision(): KeptDecision | undefined {
    return this.#read('decision.json', KeptDecision);
  }

  decide(decision: KeptDecision): void {
    this.#write('decision.json', decision);
  }

  forgetDecision(): void {
    rmSync(join(this.path, 'decision.json'), { force: true });
  }

  isSkipped(stage: LoopStage): boolean {
    return existsSync(join(this.path, `skip-${stage}`));
  }

  skip(stage: LoopStage): void {
    writeWhole(join(this.path, `skip-${stage}`), '');
  }

  #numbered(folder: string): string[] {
    return readdirSync(join(this.path, folder))
      .filter((file) => /^\d+\.json$/.test(file))
      .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map((file) => join(folder, file));
  }

  #read<T>(file: string, schema: z.ZodType<T>): T | undefined {
    const path = join(this.path, file);
    return existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
  }

  #write(file: string, value: unknown): void {
    writeWhole(join(this.path, file), `${JSON.stringify(value, undefined, 2)}\n`);
  }
}
