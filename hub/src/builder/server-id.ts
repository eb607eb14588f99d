import { latinLetters } from '@counterpart/scaffolds/readers/latin-letters';
import { HUB_ID, OwnServerId, ServerId, hubError } from '@counterpart/schemas';

/** Shorter than an id may be: it becomes the prefix of every tool's name. */
const MAX_LENGTH = 24;

/** Words of a title that say what every description is. Bare numbers are versions. */
const FILLERS =
  /^(?:a|an|the|api|apis|openapi|oas|rest|restful|http|official|public|spec|specs|specification|documentation|docs|reference|v?\d+)$/;

/** The id a title gives: `GitHub's official REST API` → `github`; `server` when nothing of it can be kept. */
export function toServerId(title: string): ServerId {
  const words = latinLetters(title)
    .toLowerCase()
    .replace(/['’]s\b/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const telling = words.filter((word) => !FILLERS.test(word));
  const id = joined(telling.length > 0 ? telling : words);
  return ServerId.parse(id === HUB_ID ? `${id}-api` : id);
}

/** As many whole words as fit; of a first word that is too long alone, its beginning. */
function joined([first = 'server', ...rest]: readonly string[]): string {
  let id = first.slice(0, MAX_LENGTH);
  for (const word of rest) {
    if (id.length + 1 + word.length > MAX_LENGTH) break;
    id = `${id}-${word}`;
  }
  return id;
}

/** A name given by a person as an id; throws INPUT_INVALID with what is allowed. */
export function parseServerId(name: string): ServerId {
  const parsed = OwnServerId.safeParse(name);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues.map((issue) => issue.message).join('; ');
  throw hubError('INPUT_INVALID', { subject: 'the server name', detail: `"${name}": ${detail}` });
}
