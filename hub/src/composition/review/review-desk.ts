import { hashJson } from '@counterpart/scaffolds/server/content-hash';
import { hubError, type AuditEntry } from '@counterpart/schemas';
import type { AuditLog } from '../../audit/audit.ts';
import type { Builds } from '../../builds/builds.ts';
import type { AdminService } from '../../http/admin.ts';
import { isSameText } from '../../http/guard.ts';
import type { BuildReview, BuildWord, ReviewService } from '../../http/review/review-service.ts';
import { REVIEW_PATH } from '../../http/review/review-path.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { PermissionDesk } from '../admin/permission-desk.ts';
import { createReviewLinks } from './review-links.ts';

interface Desk {
  readonly clock: Clock;
  readonly url: () => string;
  /** Holds the token that opens everything. */
  readonly data: { readonly token: string };
  readonly audit: AuditLog;
  readonly builds: Builds;
}

interface Neighbours {
  readonly permissions: PermissionDesk;
  readonly approvals: Pick<AdminService, 'pendingTools' | 'proposals' | 'decide'>;
}

const DECISIONS = ['build.approve', 'build.reject', 'tool.approve', 'tool.reject'] as const;
/** Of each kind. */
const MOST_DECIDED = 20;

/** What the pages do on which owners look at what waits, and decide. */
export function reviewDesk(desk: Desk, { permissions, approvals }: Neighbours): ReviewService {
  const { builds, audit } = desk;
  const links = createReviewLinks(desk.clock);
  const build = async (id: string): Promise<BuildReview> => {
    const detail = await builds.show(id);
    const candidate = await builds.candidate(id);
    if (candidate === undefined) return { detail };
    const listed = permissions.ofCandidate(candidate);
    const shown = hashJson(plain({ sheet: detail.sheet, candidate, listed }));
    return { detail, waiting: { candidate, permissions: listed, shown } };
  };
  const tools: ReviewService['tools'] = async (server) => {
    const all = (await approvals.proposals(server)).proposals;
    const proposals = all.filter(({ state }) => state === 'awaiting');
    return { server, proposals, shown: hashJson(plain(proposals)) };
  };
  return {
    async open({ build: id, server }) {
      if (id !== undefined) await builds.show(id);
      if (server !== undefined) await approvals.proposals(server);
      const { key, expiresAt } = links.issue();
      const place =
        id !== undefined
          ? `/builds/${id}`
          : server !== undefined
            ? `/servers/${encodeURIComponent(server)}`
            : '';
      const url = `${desk.url()}${REVIEW_PATH}/${key}${place}`;
      return { url, expiresAt: new Date(expiresAt).toISOString() };
    },
    isOpen: (key) => links.isOpen(key),
    enter: (token) => (isSameText(token, desk.data.token) ? links.issue().key : undefined),
    async list() {
      const waiting = (await builds.list()).filter(({ waitsFor }) => waitsFor === 'approval');
      const pending = approvals.pendingTools().filter(({ state }) => state === 'awaiting');
      return { builds: waiting, tools: pending, decided: await lastDecided(audit) };
    },
    build,
    decideBuild: once(async (id, word) => {
      const now = await build(id);
      await decide(now, word, { builds, permissions });
    }),
    tools,
    async decideTools(server, { decision, shown }) {
      const now = await tools(server);
      const [first] = now.proposals;
      if (first === undefined || now.shown !== shown)
        throw hubError('APPROVAL_OUTDATED', { server, tool: first?.tool ?? '', hash: first?.hash ?? '' });
      const named = now.proposals.map(({ tool, hash }) => ({ tool, hash }));
      await approvals.decide(server, { decision, tools: named, via: 'page' });
    },
  };
}

/** What stands in JSON: members that are undefined do not. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Of a form that was sent twice only the first one is looked at. */
function once(work: (id: string, word: BuildWord) => Promise<void>): ReviewService['decideBuild'] {
  const under = new Set<string>();
  return async (id, word) => {
    if (under.has(id))
      throw hubError('BUILD_STATE', { build: id, state: 'waiting', detail: 'it is being decided on' });
    under.add(id);
    try {
      await work(id, word);
    } finally {
      under.delete(id);
    }
  };
}

interface Deciding {
  readonly builds: Builds;
  readonly permissions: PermissionDesk;
}

/** Narrows first: the server must not be in use for a moment with what it was not to have. */
async function decide(
  { detail, waiting }: BuildReview,
  { decision, shown, reason, allowed }: BuildWord,
  { builds, permissions }: Deciding,
): Promise<void> {
  const { id, state, sheet } = detail;
  if (waiting === undefined || sheet === undefined)
    throw hubError('BUILD_STATE', { build: id, state, detail: 'it waits for no decision' });
  if (waiting.shown !== shown) throw hubError('BUILD_OUTDATED', { build: id });
  if (decision === 'approve') {
    if (!waiting.candidate.isIntact)
      throw hubError('BUILD_CHANGED', { build: id, detail: 'its files were changed after the tests' });
    const all = waiting.permissions.permissions;
    await permissions.narrow(
      waiting.candidate,
      all.filter((permission, at) => !allowed(permission, at)),
    );
  }
  const why = reason === undefined ? {} : { reason };
  await builds.decide(id, { decision, hash: sheet.hash, via: 'page', ...why });
}

/** What was decided last, by whichever way; a word that could not be kept is none. */
async function lastDecided(audit: AuditLog): Promise<AuditEntry[]> {
  const lists = DECISIONS.map((action) => audit.list({ action, limit: MOST_DECIDED }));
  const entries = (await Promise.all(lists)).flat();
  const failed = new Set(entries.flatMap(({ failed: first }) => first ?? []));
  return entries
    .filter((entry) => entry.failed === undefined && !failed.has(entry.sequence))
    .toSorted((a, b) => b.sequence - a.sequence)
    .slice(0, MOST_DECIDED);
}
