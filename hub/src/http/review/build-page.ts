import type { ApprovalSheet, LoopDetail } from '@counterpart/schemas';
import type { Page } from '../pages/local-page.ts';
import { type Markup, markup } from '../pages/markup.ts';
import { capabilities } from './capabilities.ts';
import { decision, effectChip, fileChange, problemNote, section } from './parts.ts';
import type { BuildReview } from './review-service.ts';
import { changesPart, givenPart, originPart, warningsPart } from './sheet-parts.ts';

const AT_WORK = new Set(['queued', 'running']);
const REFRESH_SECONDS = 2;

/** One build: all that its owner should know of it, and the form for their word while it waits for one. */
export function buildPage(base: string, { detail, waiting }: BuildReview, problem?: string): Page {
  const { id, sheet, server, text } = detail;
  return {
    title: sheet === undefined ? `Build ${id}` : `${sheet.title} ${sheet.version}`,
    width: 'wide',
    refresh: AT_WORK.has(detail.state) ? REFRESH_SECONDS : undefined,
    body: markup`<nav><a href="${base}">All that waits</a></nav>
<p class="note"><code>${id}</code>${server !== undefined && markup` · server <code>${server}</code>`} · “${text}”</p>
${problemNote(problem)}
${waiting === undefined && standing(detail)}
${sheet && (waiting === undefined ? decided(sheet) : form(waiting, sheet))}`,
  };
}

function standing({ id, state, problem, decision: word, waitsFor }: LoopDetail): Markup {
  const said =
    word &&
    markup`<p class="told">${word.decision === 'approve' ? 'Approved' : 'Rejected'} ${word.at.slice(0, 16).replace('T', ' ')} UTC by ${word.by}${word.reason !== undefined && `: “${word.reason}”`}</p>`;
  const now = waitsFor === undefined ? `It is ${state}.` : `It waits for ${waitsFor}.`;
  return markup`${said}<p><strong>${now}</strong> ${problem} <span class="note">hub builds show ${id}</span></p>`;
}

/** What the word was about. */
const decided = (sheet: ApprovalSheet): Markup =>
  markup`${warningsPart(sheet)}
${section(
  'It is able to',
  sheet.tools.map((tool) => markup`<code>${tool.name}</code>${aboutTool(tool)}`),
)}
${section(
  'It may reach',
  sheet.hosts.map((host) => markup`<code>${host}</code>`),
  'No host.',
)}
${section(
  'It is given these secrets, by name',
  sheet.secrets.map((slot) => markup`<code>${slot.name}</code>${aboutSecret(slot)}`),
  'No secret.',
)}
<p class="note">What of it is denied by now: <code>hub permissions ${sheet.server}</code></p>
${changesPart(sheet)}${givenPart(sheet)}${originPart(sheet)}`;

const aboutTool = ({ effect, description }: ApprovalSheet['tools'][number]): Markup =>
  markup` ${effectChip(effect)}<p>${description}</p>`;
const aboutSecret = ({ required, description }: ApprovalSheet['secrets'][number]): Markup =>
  markup` <span class="note">${required ? 'required' : 'optional'}</span><p>${description}</p>`;

type Waiting = NonNullable<BuildReview['waiting']>;

function form({ candidate, permissions, shown }: Waiting, sheet: ApprovalSheet): Markup {
  const { files, inUse, isIntact } = candidate;
  const tools = new Map(sheet.tools.map((tool) => [tool.name, tool]));
  const secrets = new Map(sheet.secrets.map((slot) => [slot.name, slot]));
  const choices = capabilities(permissions, {
    tool: (name) => about(tools.get(name), aboutTool),
    secret: (name) => about(secrets.get(name), aboutSecret),
  });
  return markup`${!isIntact && problemNote(`Its files were changed after they were tested: as they are, they cannot be approved. hub builds retry ${sheet.build} --from check makes and tests it anew, and asks again.`)}
<form method="post">
${warningsPart(sheet)}${choices}${changesPart(sheet)}${givenPart(sheet)}
<h2>Its files</h2><p class="note">${inUse === undefined ? 'All of them: this is a new server.' : `What differs from version ${inUse}, which stays in use until you approve.`}</p>
${files.length === 0 ? markup`<p>None differs.</p>` : files.map(fileChange)}
${originPart(sheet)}
<div class="decide"><h2>Your decision</h2>
<p class="note">It counts for exactly what is shown: if anything of it changes, you are asked again. What you took the tick from is denied before the server comes into use; <code>hub permissions</code> gives it back.</p>
<label for="reason">Reason (kept in the audit log)</label>
<textarea id="reason" name="reason" maxlength="1000"></textarea>
${decision({ shown }, isIntact ? markup`Approve and install` : undefined, markup`Reject`)}</div>
</form>`;
}

const about = <T>(known: T | undefined, render: (known: T) => Markup): Markup | undefined =>
  known === undefined ? undefined : render(known);
