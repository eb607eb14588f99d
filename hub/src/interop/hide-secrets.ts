import type { ServerEntry } from '@counterpart/schemas';

/** An entry without its secrets, and the secrets by the names that now stand for them. */
export interface Hidden {
  readonly entry: ServerEntry;
  readonly secrets: Readonly<Record<string, string>>;
}

const SECRET_NAME =
  /token|secret|passw|pwd|credential|authori[sz]ation|cookie|(?:^|[-_])(?:pat|auth|key)(?:$|[-_])|api[-_]?key|[a-z]Key$/i;
/** Prefixes that issuers give their keys, JSON Web Tokens, and addresses that carry a password. */
const SECRET_VALUE =
  /^(?:sk|pk|rk|ghp|gho|ghu|ghs|github_pat|glpat|xox[a-z]|ntn|secret|AKIA|AIza|hf|npm|dop_v1|shpat|pat)[-_A-Za-z0-9]{12,}$|^eyJ[\w-]+\.eyJ|^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i;
const REFERENCE = /\$\{/;
const SCHEME = /^(Bearer|Basic|Token|ApiKey)\s+(.+)$/i;

/** Whether a value should not be written into a configuration that people share. References are no secrets. */
export function looksSecret(name: string, value: string): boolean {
  if (value.length < 4 || REFERENCE.test(value)) return false;
  if (/^(?:true|false|\d{1,6})$/i.test(value) || isPath(value)) return false;
  return SECRET_NAME.test(name) || SECRET_VALUE.test(value);
}

/** `SSH_KEY_FILE=/home/me/.ssh/id` names a file, not its content. */
const isPath = (value: string): boolean =>
  /^(?:\/|~|\.\.?\/|[A-Z]:\\)[^\s]*$/i.test(value) && value.length < 256;

const MASK = '••••••';

/** What a person may see of a secret: its length only. */
export const maskSecret = (value: string): string => `${MASK} (${value.length} characters)`;

const LITERAL = /"((?:[^"\\]|\\.)*)"(?:(\s*:\s*)"((?:[^"\\]|\\.)*)")?/g;
const INNER =
  /((?:^|[?&\s-])[\w-]*(?:key|token|secret|passw\w*|auth)=)[^&\s]{4,}|((?:Bearer|Basic)\s+)[^\s$]{4,}|(:\/\/[^/\s:@]*:)[^/\s@$]+(?=@)/gi;

/** As TOML and YAML write a member: `NAME = "value"`, `'NAME': 'value'`; as YAML does without quotes; and an item of a list. */
const QUOTED =
  /(?<before>(["']?)(?<name>[\w.-]+)\2\s*[=:]\s*(?<quote>["']))(?<value>(?:\\.|(?!\k<quote>).)*)(?=\k<quote>)/g;
const BARE = /(?<before>(?<name>[\w.-]+):\s+)(?<value>[^\s"'{}[\],#|>&*!][^"'{}]*?)(?=\s*(?:,|\}|\s#|$))/g;
const ITEM = /^(?<before>\s*-\s+)(?<value>[^"'{[\s]\S*)$/g;

/** A row of a configuration in JSON, TOML or YAML as it may be shown: what looks secret in it is masked. Pure. */
export const maskRow = (row: string): string =>
  [QUOTED, BARE, ITEM].reduce((shown, pattern) => {
    let [masked, end] = ['', 0];
    for (const { index, 0: whole, groups } of shown.matchAll(pattern)) {
      const { before = '', name = '', value = '' } = groups ?? {};
      masked += shown.slice(end, index) + before + maskValue(name, value);
      end = index + whole.length;
    }
    return masked + shown.slice(end);
  }, maskJson(row));

const maskJson = (row: string): string =>
  row.replace(LITERAL, (whole, first: string, colon: string | undefined, value: string | undefined) => {
    if (colon === undefined || value === undefined) return `"${maskValue('', first)}"`;
    return whole.endsWith('"') ? `"${first}"${colon}"${maskValue(first, value)}"` : whole;
  });

function maskValue(name: string, value: string): string {
  if (value.includes(MASK)) return value;
  const inner = value.replace(INNER, (whole: string, a = '', b = '', c = '') =>
    REFERENCE.test(whole) ? whole : `${a}${b}${c}${MASK}`,
  );
  return inner === value && looksSecret(name, value) ? MASK : inner;
}

/** Replaces every value that looks secret by `${env:NAME}`. `taken` holds names in use with their values. Pure. */
export function hideSecrets(
  server: string,
  entry: ServerEntry,
  taken: Readonly<Record<string, string>>,
): Hidden {
  const book = new NameBook(server, taken);
  const hidden: ServerEntry =
    'command' in entry
      ? {
          ...entry,
          ...(entry.args ? { args: hideArgs(entry.args, book) } : {}),
          ...(entry.env ? { env: mapText(entry.env, (name, value) => hideValue(name, value, book)) } : {}),
        }
      : {
          ...entry,
          url: hideInUrl(entry.url, book),
          ...(entry.headers
            ? { headers: mapText(entry.headers, (name, value) => hideValue(name, value, book)) }
            : {}),
        };
  return { entry: hidden, secrets: book.added };
}

function mapText<V>(
  members: Record<string, V>,
  hide: (name: string, value: string) => string,
): Record<string, V | string> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      typeof value === 'string' ? hide(name, value) : value,
    ]),
  );
}

function hideValue(name: string, value: string, book: NameBook): string {
  if (!looksSecret(name, value)) return value;
  const scheme = SCHEME.exec(value);
  return scheme ? `${scheme[1]} ${book.reference(name, scheme[2] ?? '')}` : book.reference(name, value);
}

/** `--api-key=value`, `--api-key value`, and addresses with a password. */
const hideArgs = (args: readonly string[], book: NameBook): string[] =>
  args.map((arg, index) => hideArg(arg, args[index - 1] ?? '', book));

function hideArg(arg: string, before: string, book: NameBook): string {
  const [, flag, rest] = /^(--?[\w-]+)=(.+)$/s.exec(arg) ?? [];
  if (flag !== undefined && rest !== undefined) return `${flag}=${hideValue(flagName(flag), rest, book)}`;
  const [, header, value] = /^([\w-]+):\s*(.+)$/s.exec(arg) ?? [];
  if (header !== undefined && value !== undefined && !arg.includes('://') && looksSecret(header, value))
    return `${header}: ${hideValue(header, value, book)}`;
  const isValue = before.startsWith('-') && !before.includes('=') && !arg.startsWith('-');
  return hideValue(isValue ? flagName(before) : 'ARGUMENT', arg, book);
}

const flagName = (flag: string): string => flag.replace(/^-+/, '');

function hideInUrl(url: string, book: NameBook): string {
  const [base = '', query] = url.split(/\?(.*)/s);
  const withUser = base.replace(/^([a-z]+:\/\/[^/:@]*:)([^/@]+)@/i, (_, head: string, password: string) =>
    REFERENCE.test(password) ? `${head}${password}@` : `${head}${book.reference('PASSWORD', password)}@`,
  );
  if (query === undefined) return withUser;
  const members = query.split('&').map((member) => {
    const [name = '', value] = member.split(/=(.*)/s);
    return value !== undefined && looksSecret(name, value)
      ? `${name}=${book.reference(name, value)}`
      : member;
  });
  return `${withUser}?${members.join('&')}`;
}

/** Gives secrets their names: the customary one if it is free or means the same value, else one with the server's name. */
class NameBook {
  readonly added: Record<string, string> = {};
  readonly #server: string;
  readonly #taken: Readonly<Record<string, string>>;

  constructor(server: string, taken: Readonly<Record<string, string>>) {
    this.#server = server;
    this.#taken = taken;
  }

  reference(name: string, value: string): string {
    const own = envName(name);
    const common = ['ARGUMENT', 'PASSWORD', 'AUTHORIZATION', 'TOKEN', 'API_KEY', 'KEY'].includes(own);
    const wanted = common || !/^[A-Z]/.test(own) ? `${envName(this.#server)}_${own}` : own;
    const chosen =
      this.#free(wanted, value) ??
      this.#free(`${envName(this.#server)}_${own}`, value) ??
      this.#numbered(wanted, value);
    this.added[chosen] = value;
    return `\${env:${chosen}}`;
  }

  #free(name: string, value: string): string | undefined {
    const known = this.added[name] ?? this.#taken[name];
    return known === undefined || known === value ? name : undefined;
  }

  #numbered(name: string, value: string): string {
    let count = 2;
    while (this.#free(`${name}_${count}`, value) === undefined) count += 1;
    return `${name}_${count}`;
  }
}

const envName = (text: string): string =>
  text
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase();
