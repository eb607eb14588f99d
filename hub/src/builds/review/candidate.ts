import { join } from 'node:path';
import { ToolDefinition, type ApprovalSheet } from '@counterpart/schemas';
import { z } from 'zod';
import { readJson } from '../../builder/installed.ts';
import { readManifest } from '../../builder/packages/record-tools.ts';
import type { CandidateReview } from '../../kernel/ports.ts';
import { hashCandidate } from '../stages/sheet.ts';
import { fileChanges } from './file-changes.ts';

/** The package of a build as it stands now, beside the version in use. */
export async function reviewCandidate(
  candidate: string,
  { serversDir, sheet }: { readonly serversDir: string; readonly sheet: ApprovalSheet },
): Promise<CandidateReview> {
  const folder = join(serversDir, sheet.server);
  const installed = await readManifest(folder).catch(() => undefined);
  const [hash, manifest, tools, files] = await Promise.all([
    hashCandidate(candidate),
    readManifest(candidate),
    readJson(join(candidate, 'tools.json')),
    fileChanges(candidate, installed === undefined ? undefined : folder),
  ]);
  return {
    isIntact: hash === sheet.hash,
    manifest,
    tools: z.array(ToolDefinition).parse(tools),
    files,
    ...(installed === undefined ? {} : { inUse: installed.version }),
  };
}
