/** How credentials of well-known kinds begin, and what a whole one looks like. */
export const CREDENTIAL_MARKS: readonly string[] = [
  'sk-',
  'sk_',
  'ghp_',
  'gho_',
  'ghu_',
  'ghs_',
  'ghr_',
  'github_pat_',
  'glpat-',
  'xox',
  'AKIA',
  'AIza',
  'eyJ',
  '-----BEGIN',
];
export const CREDENTIAL =
  /\b(?:sk-[\w-]{16,}|sk_(?:live|test)_\w{12,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:[\s\S]*?-----END (?:[A-Z]+ )*PRIVATE KEY-----)?/;

/** With which the words begin that say that a credential follows, in lower case. */
export const NAMED_MARKS: readonly string[] = [
  'passw',
  'passc',
  'pwd',
  'contraseña',
  'mot de passe',
  'senha',
  'api',
  'secret',
  'access',
  'client',
];
export const NAMED_CREDENTIAL =
  /\b(?:pass(?:word|wort|code)|passwd|pwd|contraseña|mot de passe|senha|api[_ -]?key|secret[_ -]?key|access[_ -]?token|client[_ -]?secret)["']?\s*(?:is|ist|est|es|[:=])\s*["']?(?=[^\s"']*[\d!$%&#?*_-])[^\s"']{6,}/;
