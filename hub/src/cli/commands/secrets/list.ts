import type { SecretList } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import { duration } from '../../output/text/format.ts';
import { renderTable } from '../../output/text/table.ts';
import { withHub } from '../../running/with-hub.ts';

export const list = defineCommand({
  name: 'list',
  parent: 'secret',
  group: 'servers',
  summary: 'List secrets by name, and what servers still ask for',
  examples: [['hub secret list', 'names and servers; values are never shown']],
  input: z.object({}),
  async run(context) {
    const found = await withHub(context, (hub) => hub.secrets.list());
    context.result(found, () => render(context, found));
  },
});

function render(context: Context, { secrets, missing }: SecretList): string {
  const { paint, io } = context;
  const rows = secrets.map(({ name, server, usedBy, updatedAt, revokedAt }) => [
    paint.strong(name),
    server ?? paint.faint('shared'),
    usedBy.join(', ') || paint.faint('none'),
    revokedAt === undefined ? `${duration(Date.now() - Date.parse(updatedAt))} ago` : paint.bad('revoked'),
  ]);
  const table =
    rows.length === 0
      ? 'No secrets are stored.'
      : renderTable(['SECRET', 'OF', 'GIVEN TO', 'SET'].map(paint.faint), rows, io.width);
  const wanted = missing.map(
    ({ name, server }) => `${paint.strong(server)} needs ${name}: \`hub secret set ${name}\``,
  );
  return [table, ...(wanted.length === 0 ? [] : ['', ...wanted])].join('\n');
}
