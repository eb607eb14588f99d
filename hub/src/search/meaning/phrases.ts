/** Ways of saying that no word-by-word look would understand, and the words that services have for them. */
const PHRASES: readonly (readonly [said: RegExp, meant: string])[] = [
  [/\b(?:turn|switch|shut)\b.{0,30}\boff\b/, 'disable deactivate'],
  [/\b(?:turn|switch)\b.{0,30}\bon\b/, 'enable activate'],
  [/\b(?:log|sign)\b.{0,20}\bout\b/, 'logout session terminate'],
  [/\b(?:log|sign|logging|signing)\b.{0,20}\bin\b/, 'login session'],
  [/\bsingle[- ]sign[- ]?on\b/, 'sso'],
  [/\bsub-accounts?\b/, 'subaccount subuser'],
  [/\b(?:who|which user) am i\b/, 'me authenticated current user identity'],
  [/\b(?:my|mine|i|am i|our own)\b/, 'authenticated'],
  [/\b(?:reachable|alive|up and running|responding)\b/, 'ping health test'],
  [/\bhow many\b/, 'count number statistics'],
  [/\bhow much\b/, 'usage amount'],
  [/\bhow long\b/, 'duration retention period'],
  [/\btick(?:ed)? off\b/, 'complete'],
  [/\b(?:get rid of|throw (?:away|out)|take off)\b/, 'delete remove'],
  [/\bcall(?:ed|ing)? off\b/, 'cancel'],
  [/\bkick(?:ed|ing)?\b.{0,30}\bout\b/, 'remove kick'],
  [/\b(?:said|say|saying) yes\b/, 'accept'],
  [/\b(?:said|say|saying) no\b/, 'decline reject'],
  [/\bone[- ]time password\b|\bone[- ]time code\b/, 'otp verification'],
  [/\btwo[- ]factor\b/, '2fa mfa factor'],
  [/\bchange (?:the )?name\b|\banother name\b/, 'rename'],
  [/\bset up\b/, 'create'],
  [/\b(?:whom?|who) .{0,30}\b(?:may|can|allowed)\b/, 'access permission'],
  [/\b(?:allowed|permitted) to\b/, 'permission scope'],
  [/\bat once\b|\btogether\b/, 'bulk batch'],
  [/\bfor good\b|\bfor ever\b/, 'permanently'],
  [/\bpull requests?\b/, 'pr'],
  [/\b(?:walk|step|drop)(?:s|ped|ing|ed)? out of\b/, 'leave'],
  [
    /\b(?:tomorrow|later|tonight|noon|midnight|o’clock|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/,
    'schedule scheduled',
  ],
  [/\bcall(?:ed|ing)? back\b/, 'cancel'],
  [/\bone[- ]off\b/, 'single'],
  [/\bat the end of\b/, 'append'],
  [/\bstock keeping units?\b/, 'sku'],
];

/** Words that a text means without having them. */
export function wordsMeant(text: string): string {
  const lower = text.toLowerCase();
  return PHRASES.flatMap(([said, meant]) => (said.test(lower) ? [meant] : [])).join(' ');
}
