import type { ToolDefinition } from '@counterpart/schemas';
import { lintTool } from '@counterpart/scaffolds/profiles/lint';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Counts over the tools of one server, as they are listed. */
export interface Quality {
  readonly tools: number;
  /** Names that are unique, legal for every client and at most 40 characters long. */
  readonly validNames: number;
  /** Tools no client profile has anything against. */
  readonly accepted: number;
  /** Tools whose schemas compile under ajv's strict mode for 2020-12. */
  readonly strict: number;
  /** Tools whose schemas compile when keywords that nobody knows, of vendors for instance, are passed over. */
  readonly compiling: number;
  /** Tools that say whether they read, change or destroy. */
  readonly annotated: number;
  readonly withOutput: number;
  readonly parameters: number;
  readonly describedParameters: number;
}

const LONGEST_NAME = 40;

/** Looks at every listed tool; `faults` names the first thing wrong with each that is not accepted or not strict. */
export function qualityOf(
  tools: readonly ToolDefinition[],
): Quality & { readonly faults: readonly string[] } {
  const names = new Map<string, number>();
  for (const { name } of tools) names.set(name, (names.get(name) ?? 0) + 1);
  const lint = tools.map((tool) => lintTool(tool).map(({ profile, detail }) => `${profile}: ${detail}`)[0]);
  const strict = tools.map((tool) => problemOf(tool, true));
  // What compiles strictly is not compiled again.
  const loose = tools.filter((tool, index) => strict[index] === undefined || !problemOf(tool, false));
  const parameters = tools.flatMap(({ inputSchema }) => propertiesOf(inputSchema));
  return {
    tools: tools.length,
    validNames: tools.filter(
      ({ name }) => names.get(name) === 1 && /^[a-zA-Z0-9_-]+$/.test(name) && name.length <= LONGEST_NAME,
    ).length,
    accepted: lint.filter((fault) => fault === undefined).length,
    strict: strict.filter((fault) => fault === undefined).length,
    compiling: loose.length,
    annotated: tools.filter(({ annotations }) => annotations?.readOnlyHint !== undefined).length,
    withOutput: tools.filter(({ outputSchema }) => outputSchema !== undefined).length,
    parameters: parameters.length,
    describedParameters: parameters.filter(isDescribed).length,
    faults: tools.flatMap(({ name }, index) => {
      const fault = lint[index] ?? strict[index];
      return fault === undefined ? [] : [`${name}: ${fault}`];
    }),
  };
}

/** What ajv says of a tool's schemas; undefined when they compile. Formats are those that ajv-formats knows, and annotations beyond. */
function problemOf({ inputSchema, outputSchema }: ToolDefinition, strict: boolean): string | undefined {
  const ajv = addFormats.default(
    new Ajv2020({ strictSchema: strict, strictNumbers: true, validateFormats: false, logger: false }),
  );
  try {
    ajv.compile(inputSchema);
    if (outputSchema !== undefined) ajv.compile(outputSchema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'does not compile';
  }
}

const propertiesOf = (schema: ToolDefinition['inputSchema']): unknown[] => {
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? Object.values(properties) : [];
};

const isDescribed = (schema: unknown): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  ('description' in schema || 'enum' in schema || 'const' in schema || '$ref' in schema);
