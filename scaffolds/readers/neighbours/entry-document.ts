/** A file that may be the description of a folder or an archive: its path from there, and the beginning of its text. */
export interface Candidate {
  readonly path: string;
  readonly head: string;
}

/** Names that people give the document which the others belong to, best first. */
const MAIN_NAMES = ['openapi', 'swagger', 'api', 'index', 'main', 'root', 'spec'];

/** Characters of a file that are looked at. */
export const HEAD_CHARS = 20_000;

const ROOT_MEMBER = /^["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]|"(?:openapi|swagger)"\s*:\s*"[23]\./m;

/** `problem`: why there is no such document, in words that end a sentence; `rivals` of them say they are. */
export type Entry = { readonly path: string } | { readonly problem: string; readonly rivals: number };

/** The document that the others of a folder belong to. */
export function entryOf(candidates: readonly Candidate[]): Entry {
  const documents = candidates.filter(({ head }) => ROOT_MEMBER.test(head)).map(({ path }) => path);
  const [only, ...others] = documents.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (only === undefined)
    return {
      problem:
        'no JSON or YAML file in it has an `openapi` or `swagger` member at its root, and there is no .proto file',
      rivals: 0,
    };
  const rivals = others.filter((path) => rank(path) === rank(only));
  if (rivals.length === 0) return { path: only };
  const named = [only, ...rivals].slice(0, 5).join(', ');
  return {
    problem: `it holds ${rivals.length + 1} descriptions (${named}${rivals.length > 4 ? ', …' : ''}); name one of them`,
    rivals: rivals.length + 1,
  };
}

/** Smaller is nearer to the top of the folder, and among neighbours better known. */
function rank(path: string): number {
  const steps = path.split('/');
  const name = (steps.at(-1) ?? '').replace(/\.[^.]+$/, '').toLowerCase();
  const index = MAIN_NAMES.indexOf(name);
  return steps.length * 100 + (index === -1 ? MAIN_NAMES.length : index);
}
