import { basename } from 'node:path';
import type { ToolDefinition } from '@counterpart/schemas';
import { fitDefinition } from '../../hub/src/gateway/search/fit-definition.ts';
import { createTestHome } from '../e2e/cli-runner.ts';
import { buildDescription, programOf, runServer } from './built-subject.ts';
import { faultsOf } from './tools/good-tool.ts';
import { openCounter } from './referee/counter.ts';
import { choose, parseTree } from './operation-places.ts';
import { judgeContract, type Contract } from './mirror/contract.ts';
import { judgeLives, type Lives } from './mirror/lives.ts';
import { judgeAnswers, type Answers } from './properties/answers.ts';
import { judgeProperties, type Properties } from './properties/calls.ts';
import { measureSpeed, type Speed } from './mirror/speed.ts';
import { judgeCalls, type Judged } from './referee-calls.ts';
import { qualityOf, type Quality } from './tools/tool-quality.ts';

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
  /** What the hub's search tells of one tool, in bytes; 99 of 100 tools are no larger. */
  readonly described99: number;
  readonly judged: Judged | undefined;
  readonly answers: Answers | undefined;
  readonly mirror: Contract & {
    readonly lives: Lives | undefined;
    readonly properties: Properties | undefined;
    readonly speed: Speed | undefined;
  };
}

/** A description that did not get as far as a server, and why. */
export interface Failure {
  readonly file: string;
  readonly why: string;
}

export interface MeasureOptions {
  /** Tools called per description; all when absent; 0: none, and no referee is needed. */
  readonly calls?: number | undefined;
  /** Operations asked of the mirror; default 80. */
  readonly mirrored?: number;
  /** Also live the lives of a mirror's things, call it with generated requests, and judge answers of tools. Default false. */
  readonly lives?: boolean;
  /** Also measure how fast the mirror answers beside the referee. Default false. */
  readonly speed?: boolean;
}

/** Operations of one description that are asked of its mirror, each with up to some dozens of wrong requests. */
const MIRRORED = 80;
/** Generated requests of each of them. */
const RUNS = 5;
const LOAD = { count: 3_000, rounds: 3 };

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
      mirror: {
        ...(await judgeContract(blueprint, choose(blueprint.operations, options.mirrored ?? MIRRORED))),
        lives: options.lives === true ? await judgeLives(blueprint) : undefined,
        properties:
          options.lives === true
            ? await judgeProperties(blueprint, choose(blueprint.operations, MIRRORED), { runs: RUNS })
            : undefined,
        speed:
          options.speed === true && root
            ? await measureSpeed(root, blueprint, LOAD).catch(() => undefined)
            : undefined,
      },
      answers:
        options.lives === true
          ? await judgeAnswers(built, choose(blueprint.operations, options.mirrored ?? MIRRORED))
          : undefined,
      described99: percentile99(running.tools.map(sizeDescribed)),
      judged: root && (await judgeCalls(root, { operations, running, counter })),
    };
  } catch (error) {
    return { file: basename(file), why: error instanceof Error ? error.message : String(error) };
  } finally {
    await home.dispose();
  }
}

const sizeDescribed = (tool: ToolDefinition): number =>
  Buffer.byteLength(JSON.stringify(fitDefinition(tool)));

function percentile99(sizes: readonly number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
