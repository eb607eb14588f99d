import { addAbortSignal } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecretOwner } from '@counterpart/schemas';
import { hubError, SecretName, SecretValue } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { withHub } from '../../running/with-hub.ts';
import { OWNER_OPTIONS, OwnerInput, ownerOf, ownerWords } from './owner.ts';

/** More than any secret has; what is piped in by mistake ends here. */
const MOST_BYTES = 65_537;

export const set = defineCommand({
  name: 'set',
  parent: 'secret',
  group: 'servers',
  summary: 'Store a secret, typed unseen or piped in',
  description:
    'Asks for the value without showing it, or reads it from standard input. A value is never an argument, because every user of a machine can read those. Without --server it belongs to the one server that declares its name, else to all that ask for it.',
  arguments: [['<name>', 'Name of the variable that servers know it by']],
  options: [
    ...OWNER_OPTIONS,
    ['--stdin', 'Read the value from standard input; one line end at its end is dropped'],
    ['--page', 'Show the address of a page on this machine to type the value on; it works once'],
  ],
  examples: [
    ['hub secret set WEATHER_TOKEN', 'asks for the value'],
    ['hub secret set WEATHER_TOKEN --page', 'shows the address of a page to type it on'],
    ['op read op://keys/weather | hub secret set WEATHER_TOKEN --stdin', 'from a password manager'],
  ],
  input: z.object({
    ...OwnerInput,
    stdin: z.boolean().default(false),
    page: z.boolean().default(false),
  }),
  async run(context, { name, stdin, page, ...owner }) {
    if (!SecretName.safeParse(name).success)
      throw hubError('INPUT_INVALID', {
        subject: 'the name of a secret',
        detail: 'it is letters, digits and underscores, such as NOTION_TOKEN; the value is not an argument',
      });
    if (page) return withHub(context, (hub) => onPage(context, hub, { name, owner: ownerOf(owner) }));
    const value = stdin ? await piped(context) : await typed(context, name);
    const parsed = SecretValue.safeParse(value);
    if (!parsed.success)
      throw hubError('INPUT_INVALID', {
        subject: `the value of ${name}`,
        detail: parsed.error.issues[0]?.message ?? 'it cannot be stored',
      });
    const change = await withHub(context, (hub) =>
      hub.secrets.store(name, { ...ownerOf(owner), value: parsed.data }),
    );
    context.result(
      change,
      () => `${context.paint.good('✓')} Stored ${context.paint.strong(name)} ${ownerWords(change.server)}.`,
    );
  },
});

/** Between two looks at whether the page was used. */
const LOOK_MS = 300;

async function onPage(
  context: Context,
  hub: HubApi,
  { name, owner }: { readonly name: string; readonly owner: SecretOwner },
): Promise<void> {
  const { id, url, server } = await hub.secrets.openPage(name, owner);
  context.io.stderr.write(
    `Open this page in a browser on this machine; it works once, for ten minutes:\n\n  ${url}\n\nWaiting … Ctrl-C gives up.\n`,
  );
  for (;;) {
    const { state } = await hub.secrets.pageState(id);
    if (state === 'gone')
      throw hubError('SECRET_PAGE_GONE', {
        detail: 'nobody used it in time, or its value could not be stored',
      });
    if (state === 'used') break;
    await delay(LOOK_MS, undefined, { signal: context.signal });
  }
  context.result(
    { name, server },
    () => `${context.paint.good('✓')} Stored ${context.paint.strong(name)} ${ownerWords(server)}.`,
  );
}

async function typed(context: Context, name: string): Promise<string> {
  if (context.asks) return context.askHidden(`Value of ${name} (not shown):`);
  throw hubError('USAGE', {
    detail: 'nobody can be asked for the value here: pipe it in with --stdin',
    command: 'hub secret set',
  });
}

async function piped({ io, signal }: Context): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  const chunks: AsyncIterable<Uint8Array> = addAbortSignal(signal, io.stdin);
  for await (const part of chunks) {
    parts.push(Buffer.from(part));
    size += part.length;
    if (size > MOST_BYTES) break;
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
