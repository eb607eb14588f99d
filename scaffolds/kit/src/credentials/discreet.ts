import type { Json } from '@counterpart/schemas';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import { redactor } from '../interpret/redact.ts';
import { isList, isMembers } from '../json-value.ts';
import type { ServerManifest } from '../package.ts';
import type { CallResult, Tool } from '../tools/tool.ts';

type Redact = (text: string) => string;

/** Values of the manifest's secrets that are set; names of users are no secrets. */
export function secretValues({ secrets }: Pick<ServerManifest, 'secrets'>, env: Env): string[] {
  return secrets.filter(({ name }) => !name.endsWith('_USERNAME')).flatMap(({ name }) => env(name) ?? []);
}

function cleanValue(value: Json, redact: Redact): Json {
  if (typeof value === 'string') return redact(value);
  if (isList(value)) return value.map((item) => cleanValue(item, redact));
  if (!isMembers(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cleanValue(member, redact)]));
}

function cleanResult(result: CallResult, redact: Redact): CallResult {
  const content = result.content.map((item) =>
    item.type === 'text' ? { ...item, text: redact(item.text) } : item,
  );
  const structured = result.structuredContent;
  if (structured === undefined) return { ...result, content };
  const clean = Object.entries(structured).map(([key, value]) => [key, cleanValue(value, redact)] as const);
  return { ...result, content, structuredContent: Object.fromEntries(clean) };
}

/** A hand-written tool whose results and failures hold no secret of the manifest, whatever a service or an error repeats. */
export function discreet(tool: Tool, secrets: readonly string[]): Tool {
  if (secrets.length === 0) return tool;
  const redact = redactor(secrets);
  return {
    definition: tool.definition,
    async call(args, context) {
      try {
        return cleanResult(await tool.call(args, context), redact);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        error.message = redact(error.message);
        if (error.stack !== undefined) error.stack = redact(error.stack);
        if (!(error instanceof ToolFailure) || error.nextStep === undefined) throw error;
        throw new ToolFailure(error.message, { nextStep: redact(error.nextStep), cause: error });
      }
    },
  };
}
