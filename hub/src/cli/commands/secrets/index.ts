import { defineGroup } from '../../command.ts';
import { remove, revoke, rotate } from './end.ts';
import { list } from './list.ts';
import { set } from './set.ts';

export const secret = defineGroup({
  name: 'secret',
  group: 'servers',
  summary: 'Store credentials in the vault, encrypted',
  description:
    'The vault keeps credentials encrypted in the hub’s database and gives each to the servers that ask for it when they start. Values are typed unseen or piped in, and never shown again.',
  verbs: [set, list, remove, revoke, rotate],
  examples: [
    ['hub secret set WEATHER_TOKEN', 'asks for the value'],
    ['hub secret list', 'what is stored, and what servers still ask for'],
  ],
});
