import { createHash } from 'node:crypto';
import type { FileIssue, PromptMessage } from '@counterpart/schemas';
import { PromptTemplate } from '@counterpart/schemas/flows/prompt';
import { z } from 'zod';
import { didYouMean } from '../kernel/nearest.ts';
import { variablesOf } from './render.ts';
import { readYaml, type ReadFile } from './yaml-file.ts';

/** A template as its file has it. */
export interface ReadTemplate {
  readonly name: string;
  /** Below the home, as issues name it. */
  readonly file: string;
  readonly text: string;
  /** Of the file's text. */
  readonly hash: string;
  /** Undefined when it cannot be used; `issues` say why. */
  readonly template: PromptTemplate | undefined;
  readonly issues: readonly FileIssue[];
}

export const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('hex')}`;

const FrontMatter = PromptTemplate.omit({ messages: true });
const FENCE = /^---\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;
const ROLE = /^#{1,2} *(system|user|assistant) *:? *$/i;

/** Reads a template: YAML, or Markdown with front matter whose messages begin at `# system`, `# user` and `# assistant`. */
export function readTemplate(file: string, name: string, text: string): ReadTemplate {
  const read = file.endsWith('.md') ? readMarkdown(file, text) : readYaml({ file, text }, PromptTemplate);
  const { value } = read;
  const issues = [...read.issues, ...(value === undefined ? [] : issuesOf(file, { ...read, value }, name))];
  const isUsable = !issues.some(({ severity }) => severity === 'error');
  return { name, file, text, hash: hashOf(text), template: isUsable ? value : undefined, issues };
}

function readMarkdown(file: string, text: string): ReadFile<PromptTemplate> {
  const front = text.startsWith('---') ? FENCE.exec(text) : null;
  const head = front?.[1] ?? '';
  const read = readYaml({ file, text: head === '' ? '{}' : head, linesBefore: front ? 1 : 0 }, FrontMatter);
  const body = front ? text.slice(front[0].length) : text;
  const firstLine = front ? front[0].split('\n').length : 1;
  const parts = messagesOf(body, firstLine);
  const lineOf: ReadFile<PromptTemplate>['lineOf'] = (path) => {
    const [member, at] = path;
    return member === 'messages' ? (parts[Number(at)]?.line ?? firstLine) : read.lineOf(path);
  };
  if (read.value === undefined) return { value: undefined, issues: read.issues, lineOf };
  const messages = parts.map(({ role, content }): PromptMessage => ({ role, content }));
  const parsed = PromptTemplate.safeParse({ ...read.value, messages });
  if (parsed.success) return { value: parsed.data, issues: [], lineOf };
  const issue: FileIssue = {
    file,
    line: firstLine,
    path: 'messages',
    severity: 'error',
    message: parts.length === 0 ? 'the file says nothing' : z.prettifyError(parsed.error),
    fix: 'Write below the second --- what the model is told; `# system` and `# user` begin messages.',
  };
  return { value: undefined, issues: [issue], lineOf };
}

interface Part extends PromptMessage {
  readonly line: number;
}

/** A text without such headings is one message of the user's. */
function messagesOf(body: string, firstLine: number): Part[] {
  const parts: { role: PromptMessage['role']; line: number; lines: string[] }[] = [];
  for (const [at, line] of body.split(/\r?\n/).entries()) {
    const role = z.enum(['system', 'user', 'assistant']).safeParse(ROLE.exec(line)?.[1]?.toLowerCase()).data;
    if (role !== undefined) parts.push({ role, line: firstLine + at, lines: [] });
    else {
      if (parts.length === 0) parts.push({ role: 'user', line: firstLine + at, lines: [] });
      parts.at(-1)?.lines.push(line);
    }
  }
  return parts
    .map(({ role, line, lines }) => ({ role, line, content: lines.join('\n').trim() }))
    .filter(({ content }) => content !== '');
}

function issuesOf(
  file: string,
  { value, lineOf }: ReadFile<PromptTemplate> & { value: PromptTemplate },
  name: string,
) {
  const issues: FileIssue[] = [];
  const known = Object.keys(value.arguments);
  const used = new Set<string>();
  const tell = (
    path: readonly (string | number)[],
    severity: FileIssue['severity'],
    message: string,
    fix: string,
  ) => issues.push({ file, line: lineOf(path), path: path.join('.'), severity, message, fix });
  if (value.name !== undefined && value.name !== name)
    tell(
      ['name'],
      'error',
      `the template is called ${name}, as its file is`,
      'Take `name` out, or rename the file.',
    );
  for (const [at, { content }] of value.messages.entries())
    for (const variable of variablesOf(content)) {
      used.add(variable);
      if (!known.includes(variable))
        tell(
          ['messages', at],
          'error',
          `{{${variable}}} is no argument of the template.${didYouMean(variable, known)}`,
          'Declare it under `arguments`, or write \\{{ where no variable is meant.',
        );
    }
  for (const argument of known) {
    const { enum: choices, default: preset } = value.arguments[argument] ?? {};
    if (!used.has(argument))
      tell(
        ['arguments', argument],
        'warning',
        `${argument} is used nowhere`,
        `Write {{${argument}}} where it belongs.`,
      );
    if (
      choices !== undefined &&
      preset !== undefined &&
      !(typeof preset === 'string' && choices.includes(preset))
    )
      tell(
        ['arguments', argument],
        'error',
        `the default is none of ${choices.join(', ')}`,
        'Take one of them.',
      );
  }
  return issues;
}
