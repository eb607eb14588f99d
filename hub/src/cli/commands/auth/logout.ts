import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { withHub } from '../../running/with-hub.ts';

export const logout = defineCommand({
  name: 'logout',
  parent: 'auth',
  group: 'servers',
  summary: 'Forget a sign-in, and revoke it at its service',
  description:
    'The tokens are revoked where the service has an endpoint for it (RFC 7009), and forgotten in any case.',
  arguments: [['<server>', 'A server that somebody signed in to']],
  options: [['--scheme <name>', 'Only this one of its sign-ins']],
  examples: [['hub auth logout calendar', 'its calls are made without a token from now on']],
  input: z.object({ server: z.string(), scheme: z.string().optional() }),
  async run(context, { server, scheme }) {
    const report = await withHub(context, (hub) =>
      hub.signIns.signOut(server, scheme === undefined ? {} : { scheme }),
    );
    context.result(report, () => {
      const there = report.revoked
        ? 'The service has revoked it.'
        : 'The service was not told, or did not confirm: end the access in your account there if you want to be sure.';
      return `${context.paint.faint('○')} Signed out of ${context.paint.strong(report.server)}. ${there}`;
    });
  },
});
