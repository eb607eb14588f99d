import { defineGroup } from '../../command.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { status } from './status.ts';

export const auth = defineGroup({
  name: 'auth',
  group: 'servers',
  summary: 'Sign in to services with OAuth 2 or OpenID Connect',
  description:
    'Where a service wants a person to sign in, the hub does it once, keeps the tokens in the vault, renews them, and lends them to the server that calls the service.',
  verbs: [login, status, logout],
  examples: [
    ['hub auth login calendar', 'shows where to sign in, and waits'],
    ['hub auth status', 'which services are signed in to'],
  ],
});
