/** Words that say nothing of what a tool does. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the this that these those of in on at to for from by with without into about as is are be been was were will ' +
    'would can could may might should must do does did done has have had it its i me my mine we us our you your he she ' +
    'they them their and or if then than so not no only also just very please want need like which what who whom whose ' +
    'when where how there here some any each every all using use via etc eg ie now let another one somebody someone everybody ' +
    'everyone something got more most much many few out up right whole own still again ever never already'
  ).split(' '),
);

/** Words that people and services use for one another; a query with one of them also finds the others, at less weight. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['list', 'get', 'fetch', 'show', 'retrieve', 'read', 'view', 'see', 'look', 'inspect', 'detail', 'info'],
  ['create', 'add', 'new', 'make', 'insert', 'register', 'open'],
  [
    'delete',
    'remove',
    'erase',
    'drop',
    'destroy',
    'discard',
    'clear',
    'revoke',
    'trash',
    'detach',
    'unlink',
    'strip',
  ],
  ['update', 'edit', 'change', 'modify', 'set', 'patch', 'alter', 'adjust', 'rename', 'rewrite', 'correct'],
  ['search', 'find', 'query', 'lookup', 'filter'],
  ['send', 'post', 'publish', 'write'],
  ['cancel', 'stop', 'abort', 'end', 'terminate', 'halt', 'kill', 'quit', 'leave', 'exit'],
  ['start', 'begin', 'launch', 'run', 'boot', 'initiate'],
  ['pause', 'freeze', 'suspend', 'snooze'],
  ['install', 'deploy'],
  ['enable', 'activate', 'allow', 'permit', 'whitelist', 'approve', 'accept', 'grant'],
  ['disable', 'deactivate', 'block', 'ban', 'restrict', 'deny', 'forbid'],
  ['user', 'member', 'person', 'people', 'colleague', 'employee', 'teammate'],
  ['photo', 'picture', 'image', 'avatar', 'media', 'icon', 'thumbnail'],
  ['message', 'sms', 'mms', 'text'],
  ['email', 'mail', 'newsletter'],
  ['newsletter', 'campaign', 'marketing'],
  ['statistics', 'stats', 'metrics', 'analytics', 'usage'],
  ['file', 'document', 'attachment'],
  ['folder', 'directory'],
  ['workspace', 'team', 'organization', 'organisation', 'company', 'enterprise'],
  ['channel', 'conversation', 'chat', 'room'],
  ['bill', 'invoice'],
  ['buy', 'purchase', 'pay', 'payment', 'transaction', 'charge'],
  ['coupon', 'discount', 'voucher', 'promotion'],
  ['delivery', 'shipping', 'shipment'],
  ['money', 'funds', 'amount', 'balance', 'transfer'],
  ['customer', 'client', 'buyer'],
  ['app', 'application'],
  ['machine', 'node', 'host', 'server'],
  ['queue', 'line'],
  ['alert', 'notify', 'warn', 'notification', 'trigger'],
  ['link', 'url', 'permalink', 'association'],
  ['temporary', 'ephemeral'],
  ['permanent', 'permalink'],
  ['public', 'external'],
  ['password', 'credential', 'secret'],
  ['layout', 'design', 'template'],
  ['upload', 'store', 'save'],
  ['copy', 'duplicate', 'clone'],
  ['share', 'collaborate', 'collaboration'],
  ['call', 'phone', 'telephone'],
  ['admin', 'administrator'],
  ['log', 'history', 'event', 'audit'],
];

const CAMEL_HUMP = /(\p{Ll}|\p{N})(\p{Lu})/gu;
const ACRONYM_END = /(\p{Lu})(\p{Lu}\p{Ll})/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const LONGEST_WORD = 40;

/** The words of a text or an identifier (`camelCase`, `snake_case`, `kebab-case`), stemmed; stop words left out. */
export function wordsOf(text: string): string[] {
  const spaced = text.replace(ACRONYM_END, '$1 $2').replace(CAMEL_HUMP, '$1 $2').toLowerCase();
  return (spaced.match(WORD) ?? [])
    .filter((word) => word.length <= LONGEST_WORD && !STOP_WORDS.has(word))
    .map(stem);
}

const VOWEL = /[aeiouy]/;

/** A word without its plural and verbal endings: light, so that only forms of one word meet. */
export function stem(word: string): string {
  const singular = withoutPlural(word);
  for (const ending of ['ing', 'ed']) {
    const root = singular.slice(0, -ending.length);
    if (singular.endsWith(ending) && root.length >= 3 && VOWEL.test(root)) return plainRoot(root);
  }
  return singular.length > 4 && singular.endsWith('e') ? singular.slice(0, -1) : singular;
}

function withoutPlural(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** `stopp` and `stop`, `creat` and `create` become one. */
function plainRoot(root: string): string {
  const last = root.at(-1);
  if (last === root.at(-2) && last !== 'l' && last !== 's') return root.slice(0, -1);
  return root.length > 4 && root.endsWith('e') ? root.slice(0, -1) : root;
}

const groups = new Map<string, readonly string[]>();
for (const group of SYNONYMS) {
  const stems = group.map(stem);
  for (const word of stems) groups.set(word, [...(groups.get(word) ?? []), ...stems]);
}

/** Other words, stemmed, that mean about the same as a stemmed one. */
export const synonymsOf = (word: string): readonly string[] =>
  (groups.get(word) ?? []).filter((other) => other !== word);
