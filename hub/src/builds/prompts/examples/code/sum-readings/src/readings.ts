import { ToolFailure, type ToolContext } from '@counterpart/kit';
import { z } from 'zod';

const Row = z.looseObject({ Date: z.string(), kWh: z.string() });
const MONTH = /^\d{4}-\d{2}$/;
const SOURCE = 'METER_SOURCE';
let kept: { readonly files: string; readonly months: ReadonlyMap<string, number> } | undefined;

/** Kilowatt-hours of each month, such as `2024-01`; read anew only when a file changed. */
export async function readMonths({
  files,
  progress,
}: Pick<ToolContext, 'files' | 'progress'>): Promise<ReadonlyMap<string, number>> {
  const list = await files.list(SOURCE);
  if (list.length === 0) throw new ToolFailure('There is no file yet: put readings into METER_SOURCE.');
  const facts = JSON.stringify(list);
  if (kept?.files === facts) return kept.months;
  const months = new Map<string, number>();
  let count = 0;
  for await (const { value } of files.records(SOURCE, { format: 'delimited' })) {
    const row = Row.safeParse(value);
    const month = row.data?.Date.slice(0, 7) ?? '';
    const kwh = Number(row.data?.kWh);
    if (MONTH.test(month) && Number.isFinite(kwh)) months.set(month, (months.get(month) ?? 0) + kwh);
    count += 1;
    if (count % 10_000 === 0) progress(count);
  }
  kept = { files: facts, months };
  return months;
}
