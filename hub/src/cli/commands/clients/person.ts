import { CounterpartError, hubError } from '@counterpart/schemas';
import { createHubApi, type HubApi } from '../../api/hub-api.ts';
import type { Context } from '../../context.ts';

/**
 * The token by which a client is known as a person, from where secrets come: the environment, or typed unseen. Rejects with USAGE
 * where there is none, and with INPUT_INVALID where the hub that runs at `url` knows nobody by it, or knows its owner.
 */
export async function personToken(context: Context, url: string | undefined): Promise<string> {
  const token = (context.io.env['COUNTERPART_TOKEN'] ?? '') || (await typed(context));
  if (url !== undefined) await assertPerson(createHubApi({ url, token }, context.signal));
  return token;
}

async function assertPerson({ people }: HubApi): Promise<void> {
  const wrong = (detail: string) => hubError('INPUT_INVALID', { subject: 'the token of a person', detail });
  const asker = await people.me().catch((cause: unknown) => {
    if (!(cause instanceof CounterpartError) || cause.code !== 'AUTH_REQUIRED') throw cause;
    throw wrong('nobody is known by it; `hub people token <name>` makes another one');
  });
  if (asker.owner) throw wrong('it is the owner’s, which no client needs: leave --person out');
}

async function typed(context: Context): Promise<string> {
  const token = context.asks ? await context.askHidden('Token of the person (not shown):') : '';
  if (token !== '') return token;
  throw hubError('USAGE', {
    detail: 'a token is needed: put it into COUNTERPART_TOKEN, or type it when you are asked',
    command: 'hub connect',
  });
}
