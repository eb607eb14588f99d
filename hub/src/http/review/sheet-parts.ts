import type { ApprovalSheet } from '@counterpart/schemas';
import { type Markup, markup } from '../pages/markup.ts';
import { many, section } from './parts.ts';

/** Parts of a page on one build, as its sheet has them; nothing of it can be chosen. */

const UNSAFE = markup`<strong class="bad">This code ran on this machine without a sandbox (--unsafe-local), as your user; what it did, nobody saw.</strong>`;

/** What should be read before all else. */
export const warningsPart = ({ tests, warnings }: ApprovalSheet): Markup | undefined =>
  section('Read this', [
    ...(tests.unsafeLocal === true ? [UNSAFE] : []),
    ...warnings.map(
      ({ file, line, message }) => markup`<span class="warn">${message}</span> <code>${file}:${line}</code>`,
    ),
  ]);

const BREAKS = markup`<span class="chip bad">breaks callers</span>`;
const SAFE = markup`<span class="chip good">safe</span>`;

/** What callers of the version in use notice. */
export const changesPart = ({ changes = [] }: ApprovalSheet): Markup | undefined =>
  section(
    'Against the version in use',
    changes.map(
      ({ kind, tool, breaking, details }) =>
        markup`${breaking ? BREAKS : SAFE} <code>${tool}</code> ${kind}<p>${details.join('; ')}</p>`,
    ),
  );

/** What it takes and is set to, and what it is made of. */
export const givenPart = ({ server, hooks = [], config, dependencies }: ApprovalSheet): Markup =>
  markup`${section(
    'It takes posts of other programs',
    hooks.map(({ name, description }) => markup`<code>/hooks/${server}/${name}</code> ${description}`),
  )}
${section(
  'Its settings',
  config.map(
    ({ name, description, default: value }) =>
      markup`<code>${name}</code>${value !== undefined && markup` = <code>${value}</code>`}<p>${description}</p>`,
  ),
)}
${section(
  'It depends on',
  dependencies.map((name) => markup`<code>${name}</code>`),
  'No other package.',
)}`;

/** Tests, author and cost. */
export const originPart = ({ tests, canary, kind, author, cost, hash }: ApprovalSheet): Markup =>
  markup`<h2>How it came about</h2>
<dl>
<dt>Tests</dt><dd>${many(tests.passed, 'test')} passed, inside ${tests.sandbox}</dd>
${tests.coverage !== undefined && markup`<dt>Coverage</dt><dd>${tests.coverage} % of the statements of written code run by them</dd>`}
${canary && markup`<dt>Beside the version in use</dt><dd>${tried(canary)}</dd>`}
<dt>Author</dt><dd>${kind === 'description' ? 'the compiler' : author.kind}${author.model !== undefined && `, ${author.model}`}${author.repairs > 0 && `, after ${many(author.repairs, 'repair')}`}</dd>
<dt>Prompts</dt><dd>${author.packs.length === 0 ? 'none' : author.packs.join(', ')}</dd>
<dt>Cost</dt><dd>${cost.calls === 0 ? 'no model was asked by the hub' : `${many(cost.calls, 'question')}, ${cost.inputTokens} + ${cost.outputTokens} tokens`}</dd>
<dt>Content</dt><dd><code>${hash}</code></dd>
</dl>`;

function tried({ calls, skipped }: NonNullable<ApprovalSheet['canary']>): Markup {
  if (skipped !== undefined) return markup`not tried: ${skipped}`;
  if (calls.length === 0) return markup`no tool can be tried without arguments`;
  return markup`${calls.map(({ tool, before, now, detail }) => markup`<div><code>${tool}</code> ${before === 'absent' ? 'new' : before}, now ${now}${detail !== undefined && `: ${detail}`}</div>`)}`;
}
