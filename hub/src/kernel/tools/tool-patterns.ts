import type { Effect } from '@counterpart/schemas';

const EFFECT = /^effect:(.+)$/;

type ToolTest = (name: string, effect: Effect) => boolean;

/** Whether any of these patterns means a tool: a name, in which `*` stands for any text, or `effect:…`. */
export function matchTools(patterns: readonly string[]): ToolTest {
  const effects = new Set<string>(patterns.flatMap((pattern) => EFFECT.exec(pattern)?.[1] ?? []));
  const names = patterns.filter((pattern) => !EFFECT.test(pattern)).map(toExpression);
  return (name, effect) => effects.has(effect) || names.some((expression) => expression.test(name));
}

/** Lazy stars between literal parts: linear enough for names of at most 128 characters. */
const toExpression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.split(/\*+/).map(escapeLiteral).join('.*?')}$`, 's');

const escapeLiteral = (text: string): string => text.replace(/[.\\+?^${}()|[\]-]/g, String.raw`\$&`);
