import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CounterpartError, ServerId, toCounterpartError } from '@counterpart/schemas';
import { z } from 'zod';
import { compileSource } from '../../builder/source/compile-source.ts';
import { ensureBundle } from '../../builder/ensure-bundle.ts';
import { readInstalled } from '../../builder/installed.ts';
import { planPackage, writePackage } from '../../builder/write-package.ts';
import { reachOnlyPublic } from './run/public-only.ts';

/**
 * Compiles a description into a candidate's folder, in a process of its own: large descriptions take seconds of one core and
 * hundreds of megabytes, and a hub has calls to answer. Its argument is a `CompileOrder`; it prints one line, a `Compiled` or
 * what went wrong.
 */
export const CompileOrder = z.strictObject({
  from: z.string(),
  name: ServerId.optional(),
  category: z.string().optional(),
  select: z.string().optional(),
  serversDir: z.string(),
  candidate: z.string(),
  /** Its address was not named by the hub's owner. */
  isForeign: z.boolean(),
});
export type CompileOrder = z.infer<typeof CompileOrder>;

export const Compiled = z.strictObject({ id: ServerId, title: z.string(), tools: z.int(), omitted: z.int() });
export const CompileAnswer = z.union([
  Compiled,
  z.strictObject({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
]);

async function compile(order: CompileOrder): Promise<z.infer<typeof Compiled>> {
  const { isForeign, ...options } = order;
  if (isForeign) reachOnlyPublic();
  const { blueprint } = await compileSource(options);
  const installed = join(order.serversDir, blueprint.id);
  const previous = await readInstalled(installed, blueprint.id);
  await rm(order.candidate, { recursive: true, force: true });
  await mkdir(order.candidate, { recursive: true });
  // Tools that somebody wrote beside the compiled ones stay.
  for (const own of previous === undefined ? [] : ['src', 'test'])
    await cp(join(installed, own), join(order.candidate, own), { recursive: true }).catch(() => undefined);
  const category = order.category ?? previous?.category ?? 'general';
  const plan = await planPackage(order.candidate, { blueprint, category, previous });
  await writePackage(order.candidate, plan.files);
  await ensureBundle(order.candidate);
  return {
    id: blueprint.id,
    title: blueprint.title,
    tools: plan.tools.length,
    omitted: blueprint.omitted.length,
  };
}

if (import.meta.main) {
  const answer = await compile(CompileOrder.parse(JSON.parse(process.argv[2] ?? ''))).catch(
    (cause: unknown) => {
      const error = cause instanceof CounterpartError ? cause : toCounterpartError(cause);
      return { code: error.code, params: error.params };
    },
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
