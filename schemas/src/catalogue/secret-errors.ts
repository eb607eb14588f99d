import { entry } from './entry.ts';

/** The vault, entering secrets, and signing in to services. No message holds a value. */
export const secretErrors = {
  VAULT_KEY_INVALID: entry({
    status: 500,
    rpc: -32603,
    exit: 5,
    title: 'Master key cannot be used',
    message: 'The master key of the vault in {source} cannot be used: {detail}.',
    fix: 'Give 32 random bytes as base64 or hex (`openssl rand -base64 32`), or the key that the secrets were stored with: put its file back, or set MODULE_ENCRYPTION_KEY. If it is lost, `hub secret remove` each secret and set it anew.',
  }),
  VAULT_KEY_EXPOSED: entry({
    status: 500,
    rpc: -32603,
    exit: 5,
    title: 'Key file is open to others',
    message: 'The key file {file} has mode {mode}: others of this machine could read it.',
    fix: 'Run `chmod 600 {file}`. If others may have read it, run `hub secret rotate` afterwards and replace the secrets at their services.',
  }),
  VAULT_KEY_UNCHANGED: entry({
    status: 409,
    rpc: -32603,
    exit: 4,
    title: 'No new master key is given',
    message: 'The master key comes from {variable}, and every secret is sealed with it already.',
    fix: 'Start with the new key in {variable} and the present one in MODULE_ENCRYPTION_KEY_PREVIOUS, then run `hub secret rotate` again; the second is not needed afterwards.',
  }),
  VAULT_RECORD_DAMAGED: entry({
    status: 500,
    rpc: -32603,
    exit: 5,
    title: 'Stored secret was changed',
    message:
      'The stored secret {secret} does not open: its record was changed, cut off, or put in another’s place.',
    fix: 'Set it anew with `hub secret set`, or restore the database from a backup.',
  }),
  SECRET_UNKNOWN: entry({
    status: 404,
    rpc: -32602,
    exit: 3,
    title: 'No such secret',
    message: 'No secret {secret} is stored.{suggestion}',
    fix: '`hub secret list` shows what is stored; `hub secret set <name>` stores one.',
  }),
  SECRET_REVOKED: entry({
    status: 409,
    rpc: -32603,
    exit: 8,
    title: 'Secret is revoked',
    message: 'The secret {secret} is revoked, and nothing else is used in its place.',
    fix: 'Set a new value with `hub secret set`, or forget it with `hub secret remove`.',
  }),
};
