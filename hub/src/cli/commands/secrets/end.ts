import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { withHub } from '../../running/with-hub.ts';
import { OWNER_OPTIONS, OwnerInput, ownerOf, ownerWords } from './owner.ts';

const NAME = ['<name>', 'Name of a stored secret'] as const;

export const remove = defineCommand({
  name: 'remove',
  parent: 'secret',
  group: 'servers',
  summary: 'Forget a secret',
  arguments: [NAME],
  options: OWNER_OPTIONS,
  examples: [['hub secret remove WEATHER_TOKEN', 'its server is given it no longer']],
  input: z.object(OwnerInput),
  async run(context, { name, ...owner }) {
    const change = await withHub(context, (hub) => hub.secrets.remove(name, ownerOf(owner)));
    context.result(
      change,
      () => `${context.paint.faint('○')} Forgot ${context.paint.strong(name)} ${ownerWords(change.server)}.`,
    );
  },
});

export const revoke = defineCommand({
  name: 'revoke',
  parent: 'secret',
  group: 'servers',
  summary: 'Destroy a secret and let nothing take its place',
  description:
    'The value is destroyed and its servers are started anew without it. The name stays revoked: no shared secret, secrets file or variable stands in for it until it is set or removed. Revoke it at its service as well.',
  arguments: [NAME],
  options: OWNER_OPTIONS,
  examples: [['hub secret revoke WEATHER_TOKEN', 'after a leak']],
  input: z.object(OwnerInput),
  async run(context, { name, ...owner }) {
    const change = await withHub(context, (hub) => hub.secrets.revoke(name, ownerOf(owner)));
    context.result(
      change,
      () =>
        `${context.paint.faint('○')} Revoked ${context.paint.strong(name)} ${ownerWords(change.server)}. Revoke it at its service as well, then \`hub secret set ${name}\`.`,
    );
  },
});

export const rotate = defineCommand({
  name: 'rotate',
  parent: 'secret',
  group: 'servers',
  summary: 'Seal all secrets with a new master key',
  description:
    'Makes a new key in the key file and wraps every secret with it. Where the key comes from MODULE_ENCRYPTION_KEY, start with the new key there and the present one in MODULE_ENCRYPTION_KEY_PREVIOUS first.',
  examples: [['hub secret rotate', 'the old key opens nothing afterwards']],
  input: z.object({}),
  async run(context) {
    const report = await withHub(context, (hub) => hub.secrets.rotate());
    context.result(
      report,
      () =>
        `${context.paint.good('✓')} ${report.records} ${report.records === 1 ? 'secret is' : 'secrets are'} sealed with the new key ${report.keyId}.`,
    );
  },
});
