import { basename } from 'node:path';
import { createTestHome } from '../e2e/cli-runner.ts';
import { buildDescription, programOf, runServer } from './built-subject.ts';
import { faultsOf } from './good-tool.ts';
import { openCounter } from './referee/counter.ts';
import { choose, parseTree } from './operation-places.ts';
import { judgeCalls, type Judged } from './referee-calls.ts';
import { qualityOf, type Quality } from './tool-quality.ts';

/** One description's way from file to judged calls. */
export interface Row {
  readonly file: string;
  readonly format: string;
  readonly operations: number;
  /** Operations of which no tool was made, each with its reason. */
  readonly leftOut: readonly string[];
  /** Tools that every client takes and that can say all a request needs. */
  readonly good: number;
  /** Tools whose operation declares no JSON for its success: they can have no output schema. */
  readonly silent: number;
  readonly quality: Quality & { readonly faults: readonly string[] };
  readonly build: { readonly seconds: number; readonly peakMb: number };
  readonly list: { readonly ms: number; readonly peakMb: number; readonly bytes: number };
  readonly judged: Judged | undefined;
}

/** A description that did not get as far as a server, and why. */
export interface Failure {
  readonly file: string;
  readonly why: string;
}

export interface MeasureOptions {
  /** Tools called per description; all when absent; 0: none, and no referee is needed. */
  readonly calls?: number | undefined;
}

/** Builds a description, starts the server, looks at its tools and has its calls judged. Never rejects. */
export async function measure(file: string, options: MeasureOptions = {}): Promise<Row | Failure> {
  const home = createTestHome();
  try {
    const built = await buildDescription(home, file);
    const { report, blueprint } = built;
    await using counter = await openCounter();
    await using running = await runServer(programOf(built, counter.url));
    const operations = choose(blueprint.operations, options.calls);
    const root = operations.length === 0 ? undefined : parseTree(file);
    return {
      file: basename(file),
      format: report.format,
      operations: report.operations.total,
      leftOut: report.omitted
        .filter(({ severity }) => severity === 'operation')
        .map(({ code, subject }) => `${code}: ${subject}`),
      good: blueprint.operations.filter((operation) => faultsOf(blueprint, operation).length === 0).length,
      silent: blueprint.operations.filter(({ output }) => output === undefined).length,
      quality: qualityOf(running.tools),
      build: { seconds: built.seconds, peakMb: built.peakMb },
      list: { ms: running.listMs, peakMb: running.peakMb, bytes: running.listBytes },
      judged: root && (await judgeCalls(root, { operations, running, counter })),
    };
  } catch (error) {
    return { file: basename(file), why: error instanceof Error ? error.message : String(error) };
  } finally {
    await home.dispose();
  }
}
