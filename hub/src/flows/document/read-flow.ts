import type { FileIssue } from '@counterpart/schemas';
import { FlowDocument, FlowName } from '@counterpart/schemas/flows/flow';
import { hashOf } from '../../prompts/read-template.ts';
import { pathText, readYaml, type LineOf } from '../../prompts/yaml-file.ts';
import { codeProblems } from './check-code.ts';
import { checkDocument } from './check-document.ts';
import { planOf, type FlowPlan } from './plan.ts';
import type { Tell } from './tell.ts';

/** A flow as its file has it. */
export interface ReadFlow {
  readonly name: string;
  /** Below the home, as issues name it. */
  readonly file: string;
  readonly text: string;
  /** Of the file's text. */
  readonly hash: string;
  /** Undefined when the file does not say what to run. */
  readonly flow: RunnableFlow | undefined;
  readonly document: FlowDocument | undefined;
  /** Found in the file alone; what there is in the hub is looked at by `checkWorld`. */
  readonly issues: readonly FileIssue[];
  readonly lineOf: LineOf;
}

/** A flow without anything wrong in itself. */
export interface RunnableFlow {
  readonly document: FlowDocument;
  readonly plan: FlowPlan;
}

/** Reads a flow. Never throws. */
export function readFlow(file: string, name: string, text: string): ReadFlow {
  const { value, issues: found, lineOf } = readYaml({ file, text }, FlowDocument);
  const issues = [...found];
  const tell: Tell = (path, message, fix, severity = 'error') => {
    issues.push({ file, line: lineOf(path), path: pathText(path), severity, message, fix });
  };
  const misnamed = FlowName.safeParse(name).error?.issues[0]?.message;
  if (misnamed !== undefined) tell([], `the name of a flow has to be ${misnamed}`, 'Rename the file.');
  if (value !== undefined) {
    if (value.name !== undefined && value.name !== name)
      tell(['name'], `the flow is called ${name}, as its file is`, 'Take `name` out, or rename the file.');
    checkDocument(value, tell);
    for (const { path, line, ...words } of codeProblems(value))
      issues.push({ file, line: lineOf(path, line), path: pathText(path), severity: 'error', ...words });
  }
  const isSound = value !== undefined && !issues.some(({ severity }) => severity === 'error');
  const flow = isSound ? { document: value, plan: planOf(value) } : undefined;
  return { name, file, text, hash: hashOf(text), flow, document: value, issues, lineOf };
}
