import { CommandServer, HubConfig, RemoteServer, ServerOverride } from '@counterpart/schemas';
import { z } from 'zod';

const INTRO = `# Configuration

The hub reads \`hub.config.json\` in its home folder. Without the file every default holds. Comments (\`//\` and \`/* */\`) and
trailing commas are allowed; an unknown member is an error. Changes take effect at once unless the table says otherwise; a
file that is not valid changes nothing, and what ran before keeps running.

Generated from \`schemas/src/hub/config.ts\` by \`npm run gen\`.

## Blocks from other programs

A block copied from Claude Desktop, Cursor (\`mcpServers\`) or VS Code (\`servers\`) works as it is. Names become ids of
lower-case letters, digits and dashes; two names that become one id are refused.

| text | becomes |
| --- | --- |
| \`\${env:NAME}\`, \`\${NAME}\` | the environment variable, looked up when the server starts; an error when it is not set |
| \`\${secret:NAME}\` | what \`hub secret set NAME\` stored ([secrets](secrets.md)); not in \`command\` and \`args\` |
| \`\${secret:NAME:-\${env:OTHER}}\` | a default after \`:-\` may refer on: what is stored in the vault is preferred to a variable |
| \`\${env:NAME:-text}\`, \`\${NAME:-text}\` | the same, or the text when it is empty or not set |
| \`\${workspaceFolder}\` | the folder of this file |
| \`\${workspaceFolderBasename}\` | the name of that folder |
| \`\${userHome}\`, \`\${pathSeparator}\`, \`\${/}\` | the home folder; the separator of paths |
| \`\${input:…}\`, \`\${command:…}\`, \`\${config:…}\` | an error: only an editor can ask; use \`\${env:NAME}\` |
`;

/** The part of a JSON Schema that the tables show. */
const Property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.json().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  description: z.string().optional(),
  get items() {
    return Property.optional();
  },
  get properties() {
    return z.record(z.string(), Property).optional();
  },
});
type Property = z.infer<typeof Property>;

const SECTIONS: readonly (readonly [heading: string, schema: z.ZodType])[] = [
  ['## Members of the file', HubConfig],
  ['## A server that is a command: `mcpServers.<id>`', CommandServer],
  ['## A remote server: `mcpServers.<id>`', RemoteServer],
  ['## A server of the servers folder: `overrides.<id>`', ServerOverride],
];

/** The page of `docs/configuration.md`: a table of every member. */
export function renderConfigPage(): string {
  const sections = SECTIONS.map(([heading, schema]) => {
    const json = Property.parse(z.toJSONSchema(schema, { io: 'input' }));
    return [
      heading,
      '',
      '| member | type | default | meaning |',
      '| --- | --- | --- | --- |',
      ...rows(json, ''),
    ].join('\n');
  });
  return `${INTRO}\n${sections.join('\n\n')}\n`;
}

function rows({ properties = {} }: Property, base: string): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${base}${name}`;
    if (property.properties) return rows(property, `${path}.`);
    const { default: preset, description = '' } = property;
    const shown = preset === undefined ? '' : `\`${JSON.stringify(preset)}\``;
    return [`| \`${path}\` | ${typeOf(property)} | ${shown} | ${description} |`];
  });
}

function typeOf(property: Property): string {
  const { type, enum: choices, const: only, items, minimum, maximum } = property;
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (only !== undefined) return `\`${only}\``;
  if (type === 'array') return `array of ${items ? typeOf(items) : 'anything'}`;
  if (type === 'integer') return `integer${range(minimum, maximum)}`;
  return String(type ?? 'anything');
}

/** Bounds that say nothing more than "a safe integer" are left out. */
function range(minimum: number | undefined, maximum: number | undefined): string {
  const from = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const to = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (from === undefined && to === undefined) return '';
  return to === undefined ? `, ${from} or more` : `, ${from ?? ''} to ${to}`;
}
