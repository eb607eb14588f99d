import type { ConfigSlot, Manifest, SecretSlot, ToolDefinition } from '@counterpart/schemas';
import { firstSentence } from '../markdown.ts';

/** Version of the bundle format that clients of all ages read (MCPB, MANIFEST.md). */
const MCPB_VERSION = '0.3';
/** Folder of the package inside a bundle: the bundle's own manifest has the name of the package's. */
export const SERVER_FOLDER = 'server';
const SUMMARY_LENGTH = 200;

export interface BundleFacts {
  readonly manifest: Manifest;
  readonly tools: readonly ToolDefinition[];
  readonly author: string;
  readonly license?: string | undefined;
  /** Range of Node's versions. */
  readonly node: string;
}

type Option = Readonly<Record<string, string | boolean>>;

const keyOf = (name: string): string => name.toLowerCase();

const humanName = (name: string): string => {
  const words = name.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function optionOf(slot: ConfigSlot | SecretSlot, sensitive: boolean): Option {
  const preset = 'default' in slot ? slot.default : undefined;
  return {
    type: 'string',
    title: humanName(slot.name),
    description: slot.description ?? `Value of ${slot.name}.`,
    required: slot.required,
    // Clients hand over the placeholder itself for what nobody filled in; an empty value counts as not set.
    ...(preset === undefined && slot.required ? {} : { default: preset ?? '' }),
    ...(sensitive ? { sensitive } : {}),
  };
}

/** The manifest.json of an MCP bundle: how a client starts the server, and what it asks its user for first. */
export function mcpbManifest({ manifest, tools, author, license, node }: BundleFacts): object {
  const { id, title, version, description = title, config, secrets } = manifest;
  const options = [
    ...config.map((slot) => [slot.name, optionOf(slot, false)] as const),
    ...secrets.map((slot) => [slot.name, optionOf(slot, true)] as const),
  ];
  const entry = `${SERVER_FOLDER}/${manifest.entry}`;
  return {
    manifest_version: MCPB_VERSION,
    name: id,
    display_name: title,
    version,
    description: firstSentence(description, SUMMARY_LENGTH) || title,
    author: { name: author },
    ...(license === undefined ? {} : { license }),
    server: {
      type: 'node',
      entry_point: entry,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${entry}`],
        env: Object.fromEntries(options.map(([name]) => [name, `\${user_config.${keyOf(name)}}`])),
      },
    },
    tools: tools.map((tool) => ({
      name: tool.name,
      description: firstSentence(tool.description ?? tool.title ?? '', SUMMARY_LENGTH),
    })),
    user_config: Object.fromEntries(options.map(([name, option]) => [keyOf(name), option])),
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node } },
  };
}
