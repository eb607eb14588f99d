import { resolve } from 'node:path';
import { errorCatalogue, hubError } from '@counterpart/schemas';
import type { AuditAnchor, AuditEntry, AuditReport } from '@counterpart/schemas';
import { z } from 'zod';
import type { HubApi } from '../../api/hub-api.ts';
import { defineCommand, defineGroup } from '../../command.ts';
import type { Context } from '../../context.ts';
import { renderTable } from '../../output/text/table.ts';
import { writeGiven } from '../../output/write-given.ts';
import { readText } from '../../input/read-text.ts';
import { withHub } from '../../running/with-hub.ts';

const own = { parent: 'audit', group: 'hub' } as const;
/** Entries of one request. */
const PAGE = 1_000;

const list = defineCommand({
  ...own,
  name: 'list',
  summary: 'List who did what, the newest last',
  options: [
    ['--limit <count>', 'So many of the newest (default: 50)'],
    ['--after <number>', 'Those after this number, oldest first'],
    ['--action <action>', 'Such as version.install, or its beginning: secret'],
    ['--subject <name>', 'Only what was done with this server, secret or file'],
  ],
  examples: [
    ['hub audit list', 'the last fifty'],
    ['hub audit list --subject weather', 'what became of this server'],
    ['hub audit list --action secret', 'all about secrets; never their values'],
  ],
  input: z.object({
    limit: z.coerce.number().int().min(1).max(PAGE).optional(),
    after: z.coerce.number().int().min(0).optional(),
    action: z.string().optional(),
    subject: z.string().optional(),
  }),
  async run(context, query) {
    const entries = await withHub(context, (hub) => hub.audit.list(query));
    context.result({ entries }, () => renderEntries(entries, context));
  },
});

function renderEntries(entries: readonly AuditEntry[], { paint, io }: Context): string {
  if (entries.length === 0) return 'Nothing was recorded.';
  const rows = entries.map(({ sequence, at, principal, action, subject, facts, failed }) => [
    String(sequence),
    at.slice(0, 19).replace('T', ' '),
    principal,
    failed === undefined ? action : paint.bad(`${action} (${failed}) failed`),
    paint.strong(subject),
    Object.entries(facts)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', '),
  ]);
  return renderTable(['NUMBER', 'AT', 'WHO', 'ACTION', 'SUBJECT', 'FACTS'], rows, io.width);
}

const Head = z
  .string()
  .regex(/^\d+:sha256-[0-9a-f]{64}$/, 'a number, a colon and a hash, as `hub audit verify` prints them')
  .transform((text): AuditAnchor => {
    const [sequence = '', hash = ''] = text.split(':');
    return { sequence: Number(sequence), hash };
  });

const verify = defineCommand({
  ...own,
  name: 'verify',
  summary: 'Check that the log is as it was written',
  description:
    'Walks the whole chain: numbers without gaps, each entry with the hash of the one before, unchanged, and signed with the key of this hub. It prints the last entry; noted elsewhere, and given as --head later, it proves that nothing up to it was replaced. Exits 8 for a log that is not sound.',
  options: [
    ['--head <number:hash>', 'An entry that was noted elsewhere, and must be there still'],
    ['--file <file>', 'Check an export instead of the log'],
  ],
  examples: [
    ['hub audit verify', 'names the first entry that is not sound'],
    ['hub audit verify --file audit.ndjson', 'the same of an export'],
  ],
  input: z.object({ head: Head.optional(), file: z.string().optional() }),
  async run(context, { head, file }) {
    const report =
      file === undefined
        ? await withHub(context, (hub) => hub.audit.verify(head))
        : await verifyFile(context, file, head);
    context.result(report, () => renderReport(report, context));
    return report.sound ? 0 : errorCatalogue.AUDIT_BROKEN.exit;
  },
});

async function verifyFile(
  context: Context,
  file: string,
  known: AuditAnchor | undefined,
): Promise<AuditReport> {
  const [{ ChainWalk }, { readSigningKey }] = await Promise.all([
    import('../../../audit/chain.ts'),
    import('../../../versions/signing/key.ts'),
  ]);
  const walk = new ChainWalk({ key: readSigningKey(context.home.dataDir), known });
  for (const line of (await readText(context.io.cwd, file)).split('\n'))
    if (line !== '' && !walk.take(parsed(line))) break;
  return walk.report();
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function renderReport({ sound, entries, begins, head, broken }: AuditReport, { paint }: Context): string {
  if (!sound)
    return `${paint.bad('✗')} Entry ${broken?.sequence ?? 0} is not sound: ${broken?.problem ?? ''}. Nothing from it on can be relied on.`;
  if (entries === 0) return 'Nothing was recorded.';
  const from = begins.sequence === 0 ? '' : `, from number ${begins.sequence + 1} on`;
  return `${paint.good('✓')} ${entries === 1 ? '1 entry' : `${entries} entries`}${from} ${entries === 1 ? 'is as it was' : 'are as they were'} written.\n  head  ${head.sequence}:${head.hash}`;
}

const exporting = defineCommand({
  ...own,
  name: 'export',
  summary: 'Write the whole log as NDJSON, an entry a line',
  description:
    'Each line is an entry with its hash and signature, as `hub audit verify --file` checks it. Kept on another machine, it shows what a hub whose data folder was taken over would hide.',
  options: [['--out <file>', 'A file instead of standard output']],
  examples: [['hub audit export --out audit.ndjson', 'before the log is shortened, or every night']],
  input: z.object({ out: z.string().optional() }),
  async run(context, { out }) {
    const lines = await withHub(context, allLines);
    const text = lines.join('');
    if (out === undefined && !context.json) return void context.io.stdout.write(text);
    const file = resolve(context.io.cwd, out ?? '');
    if (out !== undefined) await writeGiven(file, text);
    context.result(
      out === undefined
        ? { entries: lines.map((line): unknown => JSON.parse(line)) }
        : { entries: lines.length, file },
      () => `${lines.length} entries are in ${out ?? ''}.`,
    );
    return undefined;
  },
});

async function allLines({ audit }: HubApi): Promise<string[]> {
  const lines: string[] = [];
  for (let after = 0; ;) {
    const page = await audit.list({ after, limit: PAGE });
    lines.push(...page.map((entry) => `${JSON.stringify(entry)}\n`));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return lines;
    after = last.sequence;
  }
}

const trim = defineCommand({
  ...own,
  name: 'trim',
  summary: 'Take old entries out, up to a number',
  description:
    'Entries before the number go; it stays as the first, vouched for by a new entry that says so. The log is checked before: one that is not sound is not shortened.',
  arguments: [['<number>', 'The entry that stays as the first']],
  options: [['-y, --yes', 'Do not ask']],
  examples: [['hub audit trim 5000', 'after `hub audit export`']],
  input: z.object({ number: z.coerce.number().int().min(1), yes: z.boolean().default(false) }),
  async run(context, { number, yes }) {
    if (!yes && !(await context.confirm(`Take out all entries before ${number}, for good?`)))
      throw hubError('USAGE', {
        detail: 'Nothing was taken out: nobody agreed. --yes agrees.',
        command: 'hub audit trim',
      });
    const trimmed = await withHub(context, (hub) => hub.audit.trim(number));
    context.result(
      trimmed,
      () => `${trimmed.removed} entries are gone; the log begins with number ${number}.`,
    );
  },
});

export const audit = defineGroup({
  name: 'audit',
  group: 'hub',
  summary: 'Who did what: installs, removals, approvals, secrets, permissions',
  description:
    'One log that is only added to: servers that were added, removed, switched on and off; versions that were installed and rolled back; approvals; permissions; names of secrets, never their values; changed settings. Each entry is written before its act, says in whose name and in which trace it was done, holds the hash of the entry before, and is signed with the key of this hub.',
  verbs: [list, verify, exporting, trim],
  examples: [
    ['hub audit list', 'the last fifty entries'],
    ['hub audit verify', 'whether all of them are as they were written'],
  ],
});
