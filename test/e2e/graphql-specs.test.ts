import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { listTools } from '@counterpart/kit';
import { testContext } from '@counterpart/kit/testing';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { readSource } from '@counterpart/scaffolds/readers/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { lintTool } from '@counterpart/scaffolds/profiles/lint';
import { ServerId, type Blueprint, type Json } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { compiledTool } from '../../scaffolds/kit/src/interpret/operation.ts';
import { startReferee } from '../fixtures/graphql/referee.ts';
import { verifies } from '../verifies.ts';

/** Real schemas, where they are at hand. */
const specs = fileURLToPath(new URL('../../../shared/specs/graphql/', import.meta.url));
const hasSpecs = existsSync(specs);
/** What one step towards an answer may cost, in bytes. */
const STEP_BYTES = 4_096;

async function read(file: string, include: readonly string[] = []): Promise<Blueprint> {
  const source = await loadSource(`${specs}${file}`);
  return (await readSource(source, { id: ServerId.parse('big'), include })).blueprint;
}

const context = {
  ...testContext(),
  http: {
    request: () => Promise.reject(new Error('unused')),
    json: () => Promise.reject(new Error('unused')),
  },
};

interface Called {
  readonly bytes: number;
  readonly text: string;
  readonly isError: boolean;
  readonly drift: unknown;
}

async function call(
  blueprint: Blueprint,
  name: string,
  args: Record<string, Json>,
  url: string,
): Promise<Called> {
  const operation = blueprint.operations.find((one) => one.name === name);
  if (operation === undefined) throw new TypeError(`no tool ${name}`);
  const env = (variable: string): string | undefined => (variable === 'BIG_BASE_URL' ? url : undefined);
  const result = await compiledTool({ blueprint, env }, operation).call(args, context);
  const text = result.content.map((item) => (item.type === 'text' ? item.text : '')).join('\n');
  return {
    bytes: Buffer.byteLength(JSON.stringify(result)),
    text,
    isError: result.isError === true,
    drift: result._meta?.['counterpart/drift'],
  };
}

/** Calls every field's tool with made-up arguments; what failed, with its words. */
async function callAll(blueprint: Blueprint, url: string): Promise<string[]> {
  const failed: string[] = [];
  for (const operation of blueprint.operations.filter(({ graphql }) => graphql?.kind === 'field')) {
    const { isError, text, drift } = await call(
      blueprint,
      operation.name,
      sampleInput(blueprint, operation),
      url,
    );
    if (isError || drift !== undefined)
      failed.push(`${operation.name}: ${text.slice(0, 300)} ${JSON.stringify(drift)}`);
  }
  return failed;
}

test.skipIf(!hasSpecs).each([
  ['swapi.graphql', 13, 13],
  ['github.graphql', 278, 278],
])(
  'every field of %s is a tool that the referee and the mirror answer',
  async (file, count) => {
    verifies('M39');
    const blueprint = await read(file, ['query', 'mutation'].slice(0, file.startsWith('swapi') ? 1 : 2));
    const fields = blueprint.operations.filter(({ graphql }) => graphql?.kind === 'field');
    expect(fields).toHaveLength(count);
    expect(listTools(blueprint).flatMap((tool) => lintTool(tool))).toEqual([]);
    await using referee = await startReferee(await readFile(`${specs}${file}`, 'utf8'));
    expect(await callAll(blueprint, new URL(referee.url).origin)).toEqual([]);
    expect(referee.errors).toEqual([]);
    const mirror = await startMirror(blueprint);
    try {
      expect(await callAll(blueprint, mirror.url)).toEqual([]);
    } finally {
      await mirror.close();
    }
  },
  120_000,
);

test.skipIf(!hasSpecs)(
  'a schema of 1,600 types is used in steps of four kilobytes',
  async () => {
    verifies('M39');
    const blueprint = await read('github.graphql');
    const list = Buffer.byteLength(JSON.stringify(listTools(blueprint)));
    const mirror = await startMirror(blueprint);
    try {
      const step = async (name: string, args: Record<string, Json>): Promise<string> => {
        const { text, bytes, isError } = await call(blueprint, name, args, mirror.url);
        expect({ name, args, isError, isSmall: bytes <= STEP_BYTES, text: isError ? text : '' }).toEqual({
          name,
          args,
          isError: false,
          isSmall: true,
          text: '',
        });
        return text;
      };
      expect(list).toBeLessThanOrEqual(STEP_BYTES);
      // From nothing but words to an issue that is made, found and closed.
      expect(
        (await step('search_schema', { words: 'open a new issue' })).split('\n').slice(0, 5).join('\n'),
      ).toContain('Mutation.createIssue');
      const described = await step('describe_type', { name: 'Mutation.createIssue' });
      expect(described).toMatch(/input CreateIssueInput \{.*repositoryId: ID!, title: String!/);
      const document = /^example: (?<document>.*)$/m.exec(described)?.groups?.['document'] ?? '';
      expect(await step('validate_document', { document })).toContain('Valid: a mutation');
      const input = { repositoryId: 'repository-1', title: 'It does not start' };
      expect(await step('run_mutation', { document, variables: { input } })).toContain('It does not start');
      const query = '{ node(id: "issue-4") { ... on Issue { title state repository { id } } } }';
      expect(await step('run_query', { document: query })).toContain('"repository":{"id":"repository-1"}');
      await step('run_mutation', {
        document: 'mutation { closeIssue(input: { issueId: "issue-4" }) { issue { id } } }',
      });
      expect(await step('run_query', { document: query })).toContain('"state":"CLOSED"');
      // Every type and every root field can be described in a step, a page at a time.
      for (const name of Object.keys(blueprint.graphql?.types ?? {})) await step('describe_type', { name });
      for (const root of ['Query', 'Mutation'] as const) {
        const all = blueprint.graphql?.types[root] ?? '';
        for (const [, field = ''] of all.matchAll(/^(?:"(?:[^"\\]|\\.)*" )?(\w+)[(:]/gm))
          await step('describe_type', { name: `${root}.${field}` });
      }
      for (const words of [
        'repository',
        'the',
        'a',
        'pull request review comment',
        'user organization team member',
      ])
        expect((await call(blueprint, 'search_schema', { words }, mirror.url)).bytes).toBeLessThanOrEqual(
          STEP_BYTES,
        );
    } finally {
      await mirror.close();
    }
  },
  120_000,
);

/** What somebody would ask, and the field that answers it. */
const QUESTIONS: readonly (readonly [string, string])[] = [
  ['open a new issue', 'Mutation.createIssue'],
  ['close an issue', 'Mutation.closeIssue'],
  ['merge a pull request', 'Mutation.mergePullRequest'],
  ['add a star to a repository', 'Mutation.addStar'],
  ['delete a branch protection rule', 'Mutation.deleteBranchProtectionRule'],
  ['comment on an issue', 'Mutation.addComment'],
  ['find a user by login', 'Query.user'],
  ['who am I, the current user', 'Query.viewer'],
  ['rate limit of the client', 'Query.rateLimit'],
  ['list open pull requests of a repository', 'Repository.pullRequests'],
  ['releases of a repository', 'Repository.releases'],
  ['invite a member to the enterprise', 'Mutation.inviteEnterpriseMember'],
  ['request reviewers for a pull request', 'Mutation.requestReviews'],
  ['lock a conversation', 'Mutation.lockLockable'],
  ['transfer an issue to another repository', 'Mutation.transferIssue'],
  ['pin an issue', 'Mutation.pinIssue'],
  ['create a repository', 'Mutation.createRepository'],
  ['search issues and repositories', 'Query.search'],
  ['security advisories', 'Query.securityAdvisories'],
  ['follow a user', 'Mutation.followUser'],
];

test.skipIf(!hasSpecs)(
  'what somebody asks for is among the first five that are found',
  async () => {
    const blueprint = await read('github.graphql');
    const missed: string[] = [];
    for (const [words, field] of QUESTIONS) {
      const { text } = await call(blueprint, 'search_schema', { words }, 'http://127.0.0.1:9');
      const first = text.split('\n').slice(0, 5);
      if (!first.some((line) => line.startsWith(`${field}(`) || line.startsWith(`${field}:`)))
        missed.push(words);
    }
    expect(missed.slice(QUESTIONS.length * 0.1)).toEqual([]);
  },
  60_000,
);
