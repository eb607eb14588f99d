import { filesOf, permissionsOf, slotsOf } from '@counterpart/kit';
import { effectOf, Manifest, type Blueprint, type ToolDefinition } from '@counterpart/schemas';
import { hashJson } from './content-hash.ts';

/** Writer and version that manifests and code headers name; raised when the layout of a package changes. */
const SCAFFOLD = 'openapi@1';

export interface ManifestOptions {
  readonly version: string;
  readonly category: string;
  readonly platform: string;
  readonly blueprintHash: string;
  /** Every tool the server lists, in its order. */
  readonly definitions: readonly ToolDefinition[];
}

/** The manifest of a server that was compiled from a blueprint; throws when it would not be valid. */
export function toManifest(blueprint: Blueprint, options: ManifestOptions): Manifest {
  const { config, secrets } = slotsOf(blueprint);
  return Manifest.parse({
    $schema: '../../schemas/json/manifest.schema.json',
    id: blueprint.id,
    version: options.version,
    title: blueprint.title,
    ...(blueprint.description === undefined ? {} : { description: blueprint.description }),
    category: options.category,
    platform: options.platform,
    scaffold: SCAFFOLD,
    entry: 'dist/server.js',
    source: 'src/server.ts',
    blueprint: { path: 'blueprint.json', hash: options.blueprintHash },
    restart: 'permanent',
    permissions: { net: permissionsOf(blueprint), files: filesOf(blueprint) },
    config,
    secrets,
    dependsOn: [],
    test: 'test/contract.test.ts',
    health: { intervalMs: 30_000 },
    tools: Object.fromEntries(
      options.definitions.map((tool) => [tool.name, { hash: hashJson(tool), effect: effectOf(tool) }]),
    ),
  });
}

/** Names of the inputs a call must give. */
export function requiredInputs(tool: ToolDefinition): readonly string[] {
  const required = tool.inputSchema['required'];
  return Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : [];
}
