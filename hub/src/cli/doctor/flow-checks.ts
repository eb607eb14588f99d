import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FileIssue } from '@counterpart/schemas/flows/prompt';
import { createHubApi } from '../api/hub-api.ts';
import type { Context } from '../context.ts';
import { ok, problem, warning, type Finding } from './finding.ts';
import type { Running } from './running.ts';

/** Flows and prompt templates, of which a running hub also knows whether the tools and models they name are there. */
export async function checkFlows(
  { home, signal }: Context,
  { presence }: Pick<Running, 'presence'>,
): Promise<Finding[]> {
  if (presence.kind !== 'running') return [];
  const has = (folder: string): boolean => existsSync(join(home.directory, folder));
  const hub = createHubApi(presence.address, signal);
  const [flows, prompts] = await Promise.all([
    has('flows') ? hub.flows.list() : [],
    has('prompts') ? hub.prompts.list() : [],
  ]);
  return [
    ...flows.flatMap(({ name, issues }) => findings(`flow ${name}`, issues)),
    ...prompts.flatMap(({ name, issues }) => findings(`prompt ${name}`, issues)),
  ];
}

function findings(check: string, issues: readonly FileIssue[]): Finding[] {
  if (issues.length === 0) return [ok(check, 'nothing wrong in it')];
  return issues.map(({ file, line, path, severity, message, fix }) => {
    const text = `${file}:${line} ${path === '' ? '' : `${path}: `}${message}`;
    return severity === 'error' ? problem(check, text, fix) : warning(check, text, fix);
  });
}
