import { ServerId, hubError } from '@counterpart/schemas';

const MAX_LENGTH = 32;

/** The id a title gives: `Redocly Museum API` → `redocly-museum-api`; `server` when nothing of it can be kept. */
export function toServerId(title: string): ServerId {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  return ServerId.parse(slug === '' ? 'server' : slug);
}

/** A name given by a person as an id; throws INPUT_INVALID with what is allowed. */
export function parseServerId(name: string): ServerId {
  const parsed = ServerId.safeParse(name);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues.map((issue) => issue.message).join('; ');
  throw hubError('INPUT_INVALID', { subject: 'the server name', detail: `"${name}": ${detail}` });
}
