import type { Blueprint, Manifest, ToolDefinition } from '@counterpart/schemas';
import { escapeMarkdown, escapeMarkdownLine, firstSentence } from './markdown.ts';

const SUMMARY_LENGTH = 140;
const ABOUT_LENGTH = 600;

/** The README of a server package; all text of the description is escaped. */
export function renderReadme(
  blueprint: Blueprint,
  manifest: Manifest,
  tools: readonly ToolDefinition[],
): string {
  const sections = [
    renderHead(blueprint, manifest, tools.length),
    renderSettings(manifest),
    renderRun(manifest),
    renderTools(manifest, tools),
  ];
  return `${sections.flat().join('\n')}\n`;
}

function renderHead(blueprint: Blueprint, manifest: Manifest, count: number): string[] {
  const about = firstSentence(blueprint.description ?? '', ABOUT_LENGTH);
  const { source } = blueprint;
  return [
    `# ${escapeMarkdown(blueprint.title)}`,
    '',
    ...(about === '' ? [] : [escapeMarkdownLine(about), '']),
    `An MCP server with ${count} ${count === 1 ? 'tool' : 'tools'}, compiled from ${escapeMarkdown(source.location)} ` +
      `(${escapeMarkdown(source.format)}, version ${escapeMarkdown(blueprint.version)}). ` +
      'It runs alone over stdio, and under the hub.',
    '',
    `Everything here but \`src/tools/\` is written by \`hub build --from <description> --name ${manifest.id}\`.`,
    '',
  ];
}

function renderSettings(manifest: Manifest): string[] {
  const rows = [
    ...manifest.config.map((slot) => ({ ...slot, secret: false })),
    ...manifest.secrets.map((slot) => ({ ...slot, secret: true, default: undefined })),
  ].map((slot) => {
    const needed = slot.required ? 'required' : 'optional';
    const fallback = slot.default === undefined ? '' : ` Default: ${escapeMarkdown(slot.default)}`;
    const text = `${escapeMarkdown(firstSentence(slot.description ?? '', SUMMARY_LENGTH))}${fallback}`.trim();
    return `| \`${slot.name}\` | ${needed}${slot.secret ? ', secret' : ''} | ${text} |`;
  });
  if (rows.length === 0) return [];
  return ['## Environment', '', '| variable | | meaning |', '|---|---|---|', ...rows, ''];
}

function renderRun(manifest: Manifest): string[] {
  const required = [...manifest.config, ...manifest.secrets].filter((slot) => slot.required);
  const env = Object.fromEntries(required.map((slot) => [slot.name, '…']));
  const entry = {
    command: 'node',
    args: [`/path/to/servers/${manifest.id}/${manifest.entry}`],
    ...(required.length === 0 ? {} : { env }),
  };
  return [
    '## Run it alone',
    '',
    '```sh',
    `npm run build && node ${manifest.entry}`,
    '```',
    '',
    'In Claude Desktop (`claude_desktop_config.json`), Cursor or any other MCP client:',
    '',
    '```json',
    JSON.stringify({ mcpServers: { [manifest.id]: entry } }, null, 2),
    '```',
    '',
  ];
}

function renderTools(manifest: Manifest, tools: readonly ToolDefinition[]): string[] {
  const rows = tools.map((tool) => {
    const effect = manifest.tools[tool.name]?.effect ?? 'destructive';
    return `| \`${tool.name}\` | ${effect} | ${escapeMarkdown(firstSentence(tool.description ?? tool.title ?? '', SUMMARY_LENGTH))} |`;
  });
  return ['## Tools', '', '| tool | effect | what it does |', '|---|---|---|', ...rows];
}

/** The README that a hand-written server begins with; from then on it is its owner's. */
export function renderHandReadme(manifest: Manifest, files: readonly string[]): string {
  const { id, title, description = '' } = manifest;
  const tools = files.filter((file) => file.startsWith('src/tools/'));
  const sections = [
    [`# ${escapeMarkdown(title)}`, '', escapeMarkdownLine(description), ''],
    [
      'An MCP server, written by hand. It runs alone over stdio, and under the hub.',
      '',
      ...tools.map((file) => `- \`${file}\` is a tool: what it takes, what it answers, what it does.`),
      '- `src/server.ts` lists the tools; a new one is a file beside the others and a line there.',
      '- `manifest.json` names settings, secrets and hosts: a tool gets those and no others.',
      '',
      '```sh',
      `hub test ${id}   # brings manifest.json and tools.json up to date, checks, runs the tests`,
      `hub pack ${id}   # a package for npm, and a bundle that MCP clients install`,
      '```',
      '',
    ],
    renderSettings(manifest),
    renderRun(manifest),
  ];
  return `${sections.flat().join('\n').trimEnd()}\n`;
}
