import type { AuditEntry, LoopSummary, PendingTool } from '@counterpart/schemas';
import type { Page } from '../pages/local-page.ts';
import { type Markup, markup } from '../pages/markup.ts';
import { many, section } from './parts.ts';
import type { ReviewList } from './review-service.ts';

const day = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

/** What waits for its owner, and what was decided; `base` is the address of this page. */
export const listPage = (base: string, { builds, tools, decided }: ReviewList): Page => ({
  title: 'What waits for you',
  width: 'wide',
  body: markup`${builds.length + tools.length === 0 && markup`<p>Nothing waits for a decision.</p>`}
${section(
  'Servers that were built',
  builds.map((build) => buildLine(base, build)),
)}
${section(
  'Tools that are not as they were approved',
  byServer(tools).map((of) => toolLine(base, of)),
)}
${section('Decided', decided.map(decidedLine), 'Nothing yet.')}
<p class="note">This address opens these pages for an hour, to whoever has it. Every decision is entered in the audit log: <code>hub audit list</code>.</p>`,
});

const buildLine = (base: string, { id, server, text, updatedAt }: LoopSummary): Markup =>
  markup`<a href="${base}/builds/${id}"><strong>${server ?? id}</strong></a> <span class="note">since ${day(updatedAt)}</span><p>${text}</p>`;

interface OfServer {
  readonly server: string;
  readonly tools: readonly PendingTool[];
}

const byServer = (tools: readonly PendingTool[]): OfServer[] =>
  [...Map.groupBy(tools, ({ server }) => server)].map(([server, of]) => ({ server, tools: of }));

const toolLine = (base: string, { server, tools }: OfServer): Markup =>
  markup`<a href="${base}/servers/${encodeURIComponent(server)}"><strong>${server}</strong></a> <span class="note">${many(tools.length, 'tool')}</span><p>${named(tools)}</p>`;

/** What stands below them has to stay in sight. */
const MOST_NAMED = 12;

function named(tools: readonly PendingTool[]): string {
  const more = tools.length - MOST_NAMED;
  const names = tools.slice(0, more > 1 ? MOST_NAMED : undefined).map(({ tool }) => tool);
  return `${names.join(', ')}${more > 1 ? ` and ${more} more` : ''}`;
}

const isApproval = (action: string): boolean => action.endsWith('.approve');

function decidedLine({ action, subject, at, principal, facts }: AuditEntry): Markup {
  const { version, reason, hash, build } = facts;
  const text = (fact: unknown): string => (typeof fact === 'string' ? fact : '');
  const chip = isApproval(action)
    ? markup`<span class="chip good">approved</span>`
    : markup`<span class="chip bad">rejected</span>`;
  return markup`${chip} <strong>${subject}</strong> ${text(version)}${action.startsWith('tool.') && ' (tools)'} <span class="note">${day(at)}, ${principal}${text(build) !== '' && `, ${text(build)}`}</span>${text(reason) !== '' && markup`<p>“${text(reason)}”</p>`}${text(hash) !== '' && markup`<p class="note"><code>${text(hash)}</code></p>`}`;
}
