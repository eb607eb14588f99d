import { slotsOf } from '@counterpart/kit';
import type { Blueprint, JsonSchema, Operation } from '@counterpart/schemas';
import { circularAliases, typeText, type TypeNames } from './ts-types.ts';

/** Text of a description inside HTML, in content and in attributes. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/[^\P{Cc}\n\t]/gu, '');

const STYLE = `:root{color-scheme:light dark;--line:#8884;--soft:#8881;--key:#0a6cce;--read:#18794e;--write:#a15c00;--destructive:#c62a2f}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:2rem 1rem}
h1{margin:0}h2{border-top:1px solid var(--line);padding-top:1.5rem;margin-top:2.5rem}
h3{font:600 1rem ui-monospace,monospace;margin:0;overflow-wrap:anywhere}
code,pre{font-family:ui-monospace,monospace;font-size:.875rem}
pre{background:var(--soft);padding:.75rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;border-radius:.375rem}
article{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0;scroll-margin-top:1rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.375rem .5rem;border-top:1px solid var(--line);vertical-align:top}
.badge{font:600 .75rem system-ui;padding:.125rem .5rem;border-radius:1rem;border:1px solid currentColor}
.read{color:var(--read)}.write{color:var(--write)}.destructive{color:var(--destructive)}
.dim{opacity:.7}nav{columns:16rem;font-size:.875rem}nav a{display:block;overflow-wrap:anywhere}a{color:var(--key)}
@media(prefers-color-scheme:dark){:root{--key:#6cb2ff;--read:#4cc38a;--write:#f1a10d;--destructive:#ff8589}}
@media(max-width:40rem){table,tbody,tr,td{display:block}th{display:none}td{border:0;padding:0;overflow-wrap:anywhere}tr{border-top:1px solid var(--line);padding:.375rem 0}tr:has(th){display:none}}`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** A page about the service on its own: no script, no request to anywhere; all text of the description is escaped. */
export function servicePage(blueprint: Blueprint): string {
  const nameOf = new Map(Object.keys(blueprint.types).map((name) => [name, name]));
  const names: TypeNames = { nameOf, circular: circularAliases(blueprint.types) };
  const groups = Map.groupBy(blueprint.operations, ({ tags }) => tags[0] ?? 'Operations');
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(blueprint.title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(blueprint.title)}</h1>`,
    `<p class="dim">Version ${escapeHtml(blueprint.version)}, ${count(blueprint.operations.length, 'operation')}, from ${escapeHtml(blueprint.source.location)} (${escapeHtml(blueprint.source.format)}).</p>`,
    ...(blueprint.description === undefined ? [] : [`<p>${escapeHtml(blueprint.description)}</p>`]),
    settingsTable(blueprint),
    '<h2>Contents</h2><nav>',
    ...blueprint.operations.map(({ name }) => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`),
    '</nav>',
    ...[...groups].flatMap(([tag, operations]) => [
      `<h2>${escapeHtml(tag)}</h2>`,
      ...operations.map((operation) => article(operation, names)),
    ]),
    ...types(blueprint, names),
    ...omissions(blueprint),
    '</body></html>',
    '',
  ].join('\n');
}

function settingsTable(blueprint: Blueprint): string {
  const { config, secrets } = slotsOf(blueprint);
  const rows = [
    ...config.map((slot) => ({ ...slot, kind: slot.default === undefined ? '' : `default ${slot.default}` })),
    ...secrets.map((slot) => ({ ...slot, kind: 'secret' })),
  ].map(
    ({ name, description, kind }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(kind)}</td><td>${escapeHtml(description ?? '')}</td></tr>`,
  );
  return `<h2>Settings</h2><table><tr><th>variable</th><th></th><th>meaning</th></tr>${rows.join('')}</table>`;
}

function article(operation: Operation, names: TypeNames): string {
  const { name, title, description, effect, http, input, output, deprecated } = operation;
  return [
    `<article id="${escapeHtml(name)}"><h3>${escapeHtml(name)} <span class="badge ${effect}">${effect}</span>${deprecated === true ? ' <span class="badge">deprecated</span>' : ''}</h3>`,
    ...(title === undefined ? [] : [`<p><strong>${escapeHtml(title)}</strong></p>`]),
    `<p>${escapeHtml(description)}</p>`,
    `<p><code>${escapeHtml(http.method)} ${escapeHtml(http.path)}</code></p>`,
    inputTable(input, names),
    ...(output === undefined
      ? []
      : [`<p class="dim">Answers</p><pre>${escapeHtml(typeText(output, names))}</pre>`]),
    '</article>',
  ].join('');
}

function inputTable(input: JsonSchema, names: TypeNames): string {
  if (typeof input === 'boolean') return '';
  const { properties, required } = input;
  const members = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
  if (members.length === 0) return '<p class="dim">Takes nothing.</p>';
  const needed = new Set(Array.isArray(required) ? required : []);
  const rows = members.map(([key, schema]) => {
    const one = schema as JsonSchema; // a member of `properties` is a schema
    const words = typeof one === 'object' ? one['description'] : undefined;
    return `<tr><td><code>${escapeHtml(key)}</code>${needed.has(key) ? '' : ' <span class="dim">optional</span>'}</td><td><code>${escapeHtml(typeText(one, names))}</code></td><td>${escapeHtml(typeof words === 'string' ? words : '')}</td></tr>`;
  });
  return `<table><tr><th>input</th><th>type</th><th>meaning</th></tr>${rows.join('')}</table>`;
}

/** What the names in inputs and answers stand for. */
function types(blueprint: Blueprint, names: TypeNames): string[] {
  const entries = Object.entries(blueprint.types);
  if (entries.length === 0) return [];
  const shown = entries.map(
    ([name, schema]) =>
      `<article><h3>${escapeHtml(name)}</h3><pre>${escapeHtml(typeText(schema, names, name))}</pre></article>`,
  );
  return ['<h2>Types</h2>', ...shown];
}

function omissions({ omitted }: Blueprint): string[] {
  const lost = omitted.filter(({ severity, code }) => severity !== 'notice' && code !== 'not-selected');
  if (lost.length === 0) return [];
  const rows = lost.map(
    ({ subject, reason }) =>
      `<tr><td><code>${escapeHtml(subject)}</code></td><td>${escapeHtml(reason)}</td></tr>`,
  );
  return [`<h2>Left out</h2><table><tr><th>part</th><th>reason</th></tr>${rows.join('')}</table>`];
}
