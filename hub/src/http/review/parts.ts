import type { Effect } from '@counterpart/schemas';
import type { FileChange } from '../../kernel/ports.ts';
import { type Markup, markup } from '../pages/markup.ts';

/** Longer lists are folded. */
const MOST_OPEN = 12;

export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A list under a heading; a long one behind its count, an empty one as what that means. */
export function section(title: string, items: readonly Markup[], empty?: string): Markup | undefined {
  if (items.length === 0)
    return empty === undefined ? undefined : markup`<h2>${title}</h2><p class="note">${empty}</p>`;
  const list = markup`<ul class="plain">${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
  return items.length <= MOST_OPEN
    ? markup`<h2>${title}</h2>${list}`
    : markup`<h2>${title}</h2><details><summary>All ${items.length}</summary>${list}</details>`;
}

const EFFECTS: Readonly<Record<Effect, Markup>> = {
  read: markup`<span class="chip good">reads</span>`,
  write: markup`<span class="chip warn">writes</span>`,
  destructive: markup`<span class="chip bad">deletes or overwrites</span>`,
};
export const effectChip = (effect: Effect): Markup => EFFECTS[effect];

const MARKS = { same: ' ', added: '+', removed: '−', gap: '⋮' } as const;

/** Lines that differ, as they are. */
export const diff = (lines: NonNullable<FileChange['lines']>): Markup =>
  markup`<pre>${lines.map(({ kind, text }) => markup`<span class="${kind}">${MARKS[kind]} ${text}</span>`)}</pre>`;

/** One file, folded: what it says is looked at by whoever wants to. */
export function fileChange({ path, change, bytes, lines, more = 0, unshown }: FileChange): Markup {
  const about = `${change}, ${many(bytes, 'byte')}${unshown === undefined ? '' : `; ${unshown}`}`;
  const summary = markup`<code>${path}</code> <span class="note">${about}</span>`;
  if (lines === undefined || lines.length === 0) return markup`<p>${summary}</p>`;
  return markup`<details><summary>${summary}</summary>${diff(lines)}${more > 0 && markup`<p class="note">${many(more, 'line')} more stand in the file.</p>`}</details>`;
}

/** Hidden fields and buttons of a decision. */
export const decision = (
  hidden: Readonly<Record<string, string>>,
  approve: Markup | undefined,
  reject: Markup,
): Markup =>
  markup`${Object.entries(hidden).map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`)}
<div class="buttons">${approve && markup`<button name="decision" value="approve">${approve}</button>`}<button class="quiet" name="decision" value="reject">${reject}</button></div>`;

/** What went wrong, before everything else. */
export const problemNote = (problem: string | undefined): Markup | undefined =>
  problem === undefined ? undefined : markup`<p class="problem" role="alert">${problem}</p>`;
