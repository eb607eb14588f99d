import { CodeDraft, hubError, PlanAnswer, type LoopPlan } from '@counterpart/schemas';
import { z } from 'zod';
import { readFencedBlocks } from './fenced.ts';

/** Of a document or a file; longer ones are no description that a model wrote. */
const MOST_CHARACTERS = 2_000_000;
const SHOWN_PROBLEMS = 5;

/**
 * The plan in an answer: JSON alone, or in the midst of words. Throws ANSWER_UNUSABLE with every problem, and BUILD_DECLINED
 * with the author's words where nothing can or should be built.
 */
export function readPlan(text: string): LoopPlan {
  const { kind, ...plan } = parse(PlanAnswer, findJson(text), 'the plan');
  if (kind === 'none') throw hubError('BUILD_DECLINED', { detail: plan.summary });
  return { kind, ...plan };
}

/** The description in an answer: the longest fenced block, or all of it. Throws ANSWER_UNUSABLE. */
export function readDocument(text: string): string {
  const given = unwrapped(text);
  const blocks = readFencedBlocks(given).filter(({ text: inside }) =>
    /^\s*["']?(?:openapi|swagger)["']?\s*:|\{/m.test(inside),
  );
  const longest = blocks.toSorted((a, b) => b.text.length - a.text.length)[0]?.text ?? given;
  if (!/["']?(?:openapi|swagger)["']?\s*:/.test(longest))
    throw hubError('ANSWER_UNUSABLE', { detail: 'it holds no OpenAPI document' });
  if (longest.length > MOST_CHARACTERS)
    throw hubError('ANSWER_UNUSABLE', { detail: 'it is longer than 2 MB' });
  return longest;
}

/** Facts and files in an answer: JSON with `files`, or fenced blocks that name their paths beside a JSON of facts. */
export function readCode(text: string): CodeDraft {
  const whole = CodeDraft.safeParse(findJson(text, true));
  if (whole.success) return whole.data;
  const blocks = readFencedBlocks(text);
  const files = blocks.filter(
    ({ path, language }) => path !== undefined && language !== 'json' && path.endsWith('.ts'),
  );
  if (files.length === 0) return parse(CodeDraft, findJson(text), 'the code');
  const facts = blocks.find(({ language, path }) => language === 'json' || path?.endsWith('.json') === true);
  return parse(
    CodeDraft,
    {
      ...Facts.catch({}).parse(facts === undefined ? {} : parseJson(facts.text)),
      files: files.map(({ path, text: content }) => ({ path: path?.replace(/^\.?\//, ''), text: content })),
    },
    'the code',
  );
}

const Facts = z.looseObject({});

/** A document of a client may come as a JSON string member. */
const unwrapped = (text: string): string => {
  const value = parseJson(text);
  const member = z.looseObject({ document: z.string() }).safeParse(value);
  return member.success ? member.data.document : text;
};

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  if (value === undefined)
    throw hubError('ANSWER_UNUSABLE', { detail: `${what} is missing: it holds no JSON and no files` });
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, SHOWN_PROBLEMS)
    .map(({ path, message }) => `${path.join('.') || what}: ${message}`);
  const rest = parsed.error.issues.length - problems.length;
  const detail = `${problems.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
  throw hubError('ANSWER_UNUSABLE', { detail });
}

/** JSON of a whole text, of a fenced block, or from the first brace to the last. */
function findJson(text: string, wholeOnly = false): unknown {
  const whole = parseJson(text);
  if (whole !== undefined || wholeOnly) return whole;
  for (const block of readFencedBlocks(text)) {
    const value = parseJson(block.text);
    if (value !== undefined) return value;
  }
  return parseJson(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
