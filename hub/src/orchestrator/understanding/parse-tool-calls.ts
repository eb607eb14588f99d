import { isMembers } from '../../kernel/protocol/members.ts';
import {
  callOf,
  callsInValue,
  readCall,
  type Reading,
  type RecoveredCall,
} from './tool-calls/call-shapes.ts';
import { KnownTools, parameterNames, type KnownTool } from './tool-calls/known-tools.ts';
import { readLooseJson } from './tool-calls/loose-json.ts';
import { readCode, taggedCalls, valuesOf, type Finding } from './tool-calls/tagged.ts';

export type { RecoveredCall } from './tool-calls/call-shapes.ts';
export type { KnownTool } from './tool-calls/known-tools.ts';

/** What an answer turned out to be. */
export interface ParsedAnswer {
  readonly calls: readonly RecoveredCall[];
  /** Names that were called between a model's marks and that no tool has: worth telling the model. */
  readonly unknown: readonly string[];
  /** The answer without its calls. */
  readonly text: string;
}

/** Only the end of a longer text is looked at. */
const LONGEST_CHARS = 200_000;
const MOST_CALLS = 64;
/** Starts of values that are tried: an answer full of brackets costs no more. */
const MOST_TRIES = 200;

/**
 * Recovers the tool calls that a model wrote as text: between the marks of its training, in fences, as JSON of any shape and
 * brokenness, or as code. What only speaks of a call (in the middle of a sentence, as an example, for other tools, as a thought)
 * is left alone, and so is a call whose last value was cut. Equal calls count once. Never throws.
 */
export function parseToolCalls(answer: string, known: Iterable<KnownTool>): ParsedAnswer {
  const tools = new KnownTools(known);
  const text = answer.slice(-LONGEST_CHARS);
  if (!/[[{(<]/.test(text)) return { calls: [], unknown: [], text: answer };
  const found: Finding[] = [];
  let rest = blanked(text, [...text.matchAll(/<think(?:ing)?>[^]*?(?:<\/think(?:ing)?>|$)/gi)].map(spanOf));
  for (const find of [taggedCalls, ownTags, fencedCalls, blockCalls]) {
    if (find !== taggedCalls && !tools.mayStandIn(rest)) break;
    const findings = find(rest, tools);
    found.push(...findings);
    // A fence that holds more than calls is a piece of somebody's program: no line of it is run.
    const fences = find === fencedCalls ? [...rest.matchAll(FENCE)].map(spanOf) : [];
    rest = blanked(rest, [...findings, ...fences]);
  }
  found.sort((a, b) => a.start - b.start);
  return {
    calls: unique(found.flatMap(({ calls }) => calls)).slice(0, MOST_CALLS),
    unknown: [...new Set(found.flatMap(({ unknown }) => unknown))],
    text: found.length === 0 ? answer : answer.slice(0, -LONGEST_CHARS) + without(text, found),
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const spanOf = (match: RegExpExecArray): Span => ({ start: match.index, end: match.index + match[0].length });

/** The text with blanks in place of what was read, so that places stay what they are. */
function blanked(text: string, spans: readonly Span[]): string {
  let result = text;
  for (const { start, end } of spans)
    result = result.slice(0, start) + ' '.repeat(end - start) + result.slice(end);
  return result;
}

function without(text: string, spans: readonly Span[]): string {
  let result = '';
  let at = 0;
  for (const { start, end } of spans) {
    result += text.slice(at, Math.max(at, start));
    at = Math.max(at, end);
  }
  return (result + text.slice(at)).replace(/\n{3,}/g, '\n\n').trim();
}

function unique(calls: readonly RecoveredCall[]): RecoveredCall[] {
  return [...new Map(calls.map((call) => [JSON.stringify([call.name, call.arguments]), call])).values()];
}

const isCall = ({ calls }: Reading): boolean => calls.length > 0;

/** `<get_weather><city>Paris</city></get_weather>`. */
function ownTags(text: string, tools: KnownTools): Finding[] {
  return [...text.matchAll(/^[ \t]*<([\w.-]{1,128})>([^]*?)<\/\1>/gm)]
    .slice(0, MOST_TRIES)
    .flatMap((match) => {
      const [, name = '', body = ''] = match;
      const tool = tools.find(name);
      if (!tool) return [];
      const pairs = [...body.matchAll(/<([\w.$-]{1,128})>([^]*?)<\/\1>/g)];
      const own = parameterNames(tool);
      if (pairs.some(([, key = '']) => !own.includes(key))) return [];
      const json = pairs.length === 0 ? readLooseJson(body)?.value : undefined;
      if (pairs.length === 0 && !isMembers(json) && body.trim() !== '') return [];
      return [{ ...spanOf(match), ...callOf(tool, isMembers(json) ? json : valuesOf(tool, pairs)) }];
    });
}

/** Words before a call that make an example of it. */
const EXAMPLE =
  /(?:for example|for instance|e\.g\.|such as|an example|example (?:of|call|usage)|would look like|(?:you|one|users?) (?:can|could|may|might|would)|don[’']?t (?:call|use)|do not (?:call|use)|instead of|zum beispiel|par exemple|por ejemplo)[^\n]{0,120}$/i;

const isExample = (text: string, start: number): boolean =>
  EXAMPLE.test(
    text
      .slice(Math.max(0, start - 200), start)
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? '',
  );

const FENCE = /^[ \t]*(```+|~~~+)[ \t]*([\w+.-]*)[^\n]*\n([^]*?)(?:^[ \t]*\1[ \t]*$|(?![^]))/gm;

/** Fences that hold nothing but calls. */
function fencedCalls(text: string, tools: KnownTools): Finding[] {
  return [...text.matchAll(FENCE)].slice(0, MOST_TRIES).flatMap((match) => {
    const [, , , body = ''] = match;
    if (isExample(text, match.index)) return [];
    const reading = wholeBody(body.trim(), tools);
    return reading && isCall(reading) ? [{ ...reading, ...spanOf(match) }] : [];
  });
}

function wholeBody(body: string, tools: KnownTools): Reading | undefined {
  if (!/^[[{]/.test(body) || /^\[\s*[\p{L}_][\w.]*\s*\(/u.test(body)) return readCode(body, tools);
  const read = readLooseJson(body);
  const several = read && callsInSeveral(body, read, tools);
  return several && !/[\p{L}\p{N}]/u.test(body.slice(several.end)) ? several : undefined;
}

/** One value after another, with nothing but signs between them. */
function callsInSeveral(
  text: string,
  first: { readonly value: unknown; readonly end: number },
  tools: KnownTools,
): Reading & Span {
  let reading = callsInValue(first.value, tools);
  let end = first.end;
  for (let tries = 0; tries < MOST_CALLS; tries += 1) {
    const gap = /^[\s,;]*(?=\{)/.exec(text.slice(end, end + 1000));
    const next = gap ? readLooseJson(text, end + gap[0].length) : undefined;
    const more = next && callsInValue(next.value, tools);
    if (!next || !more || !isCall(more)) break;
    reading = { calls: [...reading.calls, ...more.calls], unknown: [...reading.unknown, ...more.unknown] };
    end = next.end;
  }
  return { ...reading, start: 0, end };
}

/** Calls on lines of their own, or behind the words that announce them. */
function blockCalls(text: string, tools: KnownTools): Finding[] {
  const found: Finding[] = [];
  const starts = /^[ \t>*-]*(?=[[{]|[\p{L}_][\w.]*\()|(?<=[:.!?`]\s{0,3})(?=[[{])/gmu;
  let tries = 0;
  for (let match = starts.exec(text); match && tries < MOST_TRIES; match = starts.exec(text)) {
    const start = match.index + match[0].length;
    starts.lastIndex = Math.max(start + 1, match.index + 1);
    if (start >= text.length || isExample(text, start)) continue;
    tries += 1;
    const finding = blockAt(text, start, tools);
    if (!finding || !isCall(finding)) continue;
    found.push(finding);
    starts.lastIndex = Math.max(finding.end, start + 1);
  }
  return found;
}

function blockAt(text: string, start: number, tools: KnownTools): Finding | undefined {
  if (/[[{]/.test(text[start] ?? '') && !/^\[\s*[\p{L}_][\w.]*\s*\(/u.test(text.slice(start, start + 200))) {
    const read = readLooseJson(text, start);
    return read && { ...callsInSeveral(text, read, tools), start };
  }
  if (text[start] === '[') {
    const end = text.indexOf('\n\n', start);
    const list = text.slice(start, end < 0 ? undefined : end);
    return { start, end: start + list.length, ...readCode(list, tools) };
  }
  const call = readCall(text, start, tools);
  // A sentence that begins with a call speaks of it: the line has to end behind it.
  return call && /^[ \t;`]*(?:\r?\n|$)/.test(text.slice(call.end, call.end + 200))
    ? { start, ...call }
    : undefined;
}
