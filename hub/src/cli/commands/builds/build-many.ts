import { availableParallelism } from 'node:os';
import { errorCatalogue, toCounterpartError, toProblem, type BuildReport } from '@counterpart/schemas';
import { atMost } from '../../../kernel/at-most.ts';
import type { Context } from '../../context.ts';
import { duration } from '../../output/text/format.ts';
import { headline } from '../../output/build-report.ts';

/** More at a time only take memory from each other: reading is one processor's work, bundling and checking another's. */
const MOST_JOBS = 4;

export interface ManyOptions {
  /** How many at a time; default: one for each processor, at most 4. */
  readonly jobs: number | undefined;
  readonly build: (location: string) => Promise<BuildReport>;
}

type Built =
  | { readonly source: string; readonly report: BuildReport }
  | { readonly source: string; readonly error: ReturnType<typeof toCounterpartError> };

/** Builds several sources, a failure of one being no other's; the exit code is that of the first that failed. */
export async function buildMany(
  context: Context,
  sources: readonly string[],
  { jobs = Math.min(MOST_JOBS, availableParallelism()), build }: ManyOptions,
): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const built = await context.working(`building from ${sources.length} sources`, (progress) =>
    atMost(jobs, sources, async (source): Promise<Built> => {
      context.signal.throwIfAborted();
      const outcome = await attempt(source, build, context.signal);
      done += 1;
      progress.update(`${done} of ${sources.length} built`);
      return outcome;
    }),
  );
  const value = built.map((one) => ('error' in one ? { ...one, error: toProblem(one.error) } : one));
  context.result({ builds: value }, () => render(built, performance.now() - startedAt, context));
  const failed = built.flatMap((one) => ('error' in one ? [errorCatalogue[one.error.code].exit] : []));
  return failed[0] ?? 0;
}

async function attempt(source: string, build: ManyOptions['build'], signal: AbortSignal): Promise<Built> {
  try {
    return { source, report: await build(source) };
  } catch (thrown) {
    signal.throwIfAborted();
    return { source, error: toCounterpartError(thrown) };
  }
}

function render(built: readonly Built[], tookMs: number, { paint }: Context): string {
  const failed = built.filter((one) => 'error' in one).length;
  const lines = built.map((one) =>
    'report' in one
      ? headline(one.report, paint)
      : `${paint.bad('✗')} ${one.source}: ${one.error.message} (${one.error.code})`,
  );
  const total = `${built.length - failed} of ${built.length} built in ${duration(tookMs)}`;
  return [...lines, '', failed === 0 ? total : `${total}; \`hub build <source>\` tells more of each`].join(
    '\n',
  );
}
