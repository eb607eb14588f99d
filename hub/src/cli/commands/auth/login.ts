import type { BeginSignInRequest, SignInStep } from '@counterpart/schemas';
import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { findServer } from '../../names.ts';
import { withHub } from '../../running/with-hub.ts';

const Input = z.object({
  server: z.string(),
  scheme: z.string().optional(),
  device: z.boolean().default(false),
  clientId: z.string().optional(),
  scope: z.array(z.string()).optional(),
  port: z.coerce.number().int().min(1).max(65_535).optional(),
});
type Input = z.infer<typeof Input>;

export const login = defineCommand({
  name: 'login',
  parent: 'auth',
  group: 'servers',
  summary: 'Sign in to a server’s service with OAuth 2 or OpenID Connect',
  description:
    'Shows an address to open in a browser, or with --device a code to type on any device, and waits. The tokens go into the vault; the hub renews them and lends them to the server for its calls. The client id may also be stored as <SERVER>_CLIENT_ID; a client secret is stored with `hub secret set <SERVER>_CLIENT_SECRET`, never given here.',
  arguments: [['<server>', 'A built server’s name']],
  options: [
    ['--scheme <name>', 'Which of the service’s sign-ins, where it has several'],
    ['--device', 'With a code that is typed elsewhere; for machines without a browser'],
    ['--client-id <id>', 'What the service knows this hub as'],
    ['--scope <scope>', 'Ask for this instead of what the description says; repeatable', { repeat: true }],
    ['--port <port>', 'Port of the redirect address, where the service wants it registered'],
  ],
  examples: [
    ['hub auth login calendar --client-id 1234', 'shows where to sign in, and waits'],
    ['hub auth login calendar --device', 'shows a code to type on another device'],
  ],
  input: Input,
  run: (context, input) => withHub(context, (hub) => signIn(context, hub, input)),
});

async function signIn(context: Context, hub: HubApi, input: Input): Promise<void> {
  const { id: server } = await findServer(hub, input.server);
  const { id, step } = await hub.signIns.begin(server, requestOf(input));
  show(context, step);
  for (;;) {
    const { state, scopes = [] } = await hub.signIns.progress(id);
    if (state === 'waiting') continue;
    return context.result({ server, scopes }, () => {
      const may = scopes.length === 0 ? '' : `, with ${scopes.join(', ')}`;
      return `${context.paint.good('✓')} Signed in to ${context.paint.strong(server)}${may}.`;
    });
  }
}

const requestOf = ({ scheme, device, clientId, scope, port }: Input): BeginSignInRequest => ({
  ...(scheme === undefined ? {} : { scheme }),
  ...(device ? { flow: 'device' as const } : {}),
  ...(clientId === undefined ? {} : { clientId }),
  ...(scope === undefined ? {} : { scopes: scope }),
  ...(port === undefined ? {} : { port }),
});

/** On standard error, as it is: what stands in the address was written by others. */
function show(context: Context, step: SignInStep): void {
  const { paint } = context;
  const lines =
    step.kind === 'code'
      ? ['Open this address in a browser on this machine, and sign in:', '', `  ${step.url}`]
      : [
          `Open ${paint.strong(step.verificationUrl)} on any device and type the code`,
          '',
          `  ${paint.strong(step.userCode)}`,
          ...(step.completeUrl === undefined ? [] : ['', `or open ${step.completeUrl}`]),
        ];
  context.tell([...lines, '', 'Waiting … Ctrl-C gives up.'].join('\n'));
}
