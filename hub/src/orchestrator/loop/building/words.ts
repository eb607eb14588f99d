import type { ApprovalSheet, LoopDetail } from '@counterpart/schemas';
import { NEVER_HERE } from '../../understanding/credentials/pasted.ts';
import { asCode } from '../words.ts';
import type { ChatBuilds } from './chat-builds.ts';

const HASH_SHOWN = 12;
const MOST_LISTED = 20;
const MOST_WARNINGS = 10;

/** How an answer names the build it speaks of. */
export const BUILD_ID = /\bb-[0-9a-z]{10}\b/g;

/** The question at the very end of an answer, with the build and the content it would install: no other text asks for a yes. */
export const ASKED = /Shall I install it \((b-[0-9a-z]{10}) \/ ([0-9a-f]{12})\)\? Answer yes or no\.\s*$/;

/** Put behind an answer of a model that ends with that question: then it stands at the end no more. */
export const NOT_ASKED =
  '\n\nA model wrote this question, and not the hub: a yes to it installs nothing. Ask for the build by its id to see what it would install.';

/** Where a build came to, and what a person can do about it. */
export function endWords(builds: ChatBuilds, build: LoopDetail): string {
  const { id, state, waitsFor, server = '', problem = '' } = build;
  if (state === 'installed') {
    const missing = builds.missingSecrets(server);
    const names = build.sheet?.tools.map(({ name }) => name) ?? [];
    const ready = `${server} is installed: ${names.slice(0, MOST_LISTED).join(', ')}. You can use it right here.`;
    if (missing.length === 0) return ready;
    return `${ready}\n${server} still wants secrets. ${NEVER_HERE}: enter each on its own page, which works once. Tools that need them say so until then.\n${secretPages(builds, server)}`;
  }
  if (waitsFor === 'approval') return sheetWords(build);
  if (waitsFor === 'secrets') return secretWords(builds, server, id);
  if (waitsFor === 'author')
    return `Build ${id} waits for its author: \`hub builds question ${id}\` shows what is asked.`;
  return `Build ${id} is ${state}. ${problem} \`hub builds show ${id}\` tells all.`;
}

/** What a build does right now, for who asks. */
export function stateWords(builds: ChatBuilds, build: LoopDetail): string {
  const { id, state, steps } = build;
  if (state !== 'running' && state !== 'queued') return endWords(builds, build);
  const step = steps.at(-1);
  const done = steps.filter((one) => one.state === 'done').length;
  const repair = step !== undefined && step.round > 0 ? `, repair ${step.round}` : '';
  const at = step === undefined ? 'It has not begun yet' : `It is at “${step.stage}”${repair}`;
  return `Build ${id} is at work: ${firstLine(build.text)}\n${at}, ${done} steps are done. Say “wait” to follow it, or “cancel it”.`;
}

/** What would be installed, and the question whether it shall be. */
export function sheetWords({ id, sheet }: LoopDetail): string {
  if (sheet === undefined) return `Build ${id} has nothing to approve yet.`;
  const tools = sheet.tools.map(
    ({ name, effect, description }) => `- ${name} (${effect}) ${shown(description)}`,
  );
  const list = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${title}: ${names.join(', ')}`];
  return [
    `${shown(sheet.title)} (${sheet.server} ${sheet.version}) is built and tested: ${sheet.tests.passed} tests passed in ${sheet.tests.sandbox}.`,
    ...(sheet.tests.unsafeLocal === true
      ? ['**UNSAFE: its code ran on this machine without a sandbox.**']
      : []),
    ...tools.slice(0, MOST_LISTED),
    ...(tools.length > MOST_LISTED ? [`- and ${tools.length - MOST_LISTED} more`] : []),
    ...list('It reaches', sheet.hosts),
    ...list(
      'It wants the secrets',
      sheet.secrets.map(({ name }) => name),
    ),
    ...list(
      'Warnings',
      sheet.warnings.map(({ message }) => asCode(message.replaceAll(/\s+/g, ' '))).slice(0, MOST_WARNINGS),
    ),
    authorWords(sheet),
    '',
    `Shall I install it (${id} / ${hexOf(sheet.hash).slice(0, HASH_SHOWN)})? Answer yes or no.`,
  ].join('\n');
}

function authorWords({ author, cost }: ApprovalSheet): string {
  if (author.kind === 'model' && cost.calls === 0) return 'Compiled from its description, without a model.';
  const tokens = cost.inputTokens + cost.outputTokens;
  return `Written by ${author.model ?? author.kind}, ${author.repairs} repairs, ${tokens} tokens.`;
}

/** Where the secrets of a server are entered; also whether there are none left. */
export function secretWords(builds: ChatBuilds, server: string, id: string): string {
  const pages = secretPages(builds, server);
  if (pages === '') return `All secrets of ${server} are there (${id}).`;
  return `${server} wants secrets. ${NEVER_HERE}: enter each on its own page, which works once, then say "done" (or "later") (${id}).\n${pages}`;
}

const secretPages = (builds: ChatBuilds, server: string): string =>
  builds
    .missingSecrets(server)
    .map((name) => `- ${name}: ${builds.secretPage(server, name)}`)
    .join('\n');

/** A content hash without its kind. */
export const hexOf = (hash: string): string => hash.replace(/^sha256[:-]/, '');

/** Words of others, of which nothing may hide or forge what stands beside them. */
const shown = (text: string): string => (firstLine(text) === '' ? '' : asCode(firstLine(text)));

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, 160);
