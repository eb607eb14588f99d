/** Words that make a name a secret's where it ends with them; compared without their spelling. */
const LAST_WORDS =
  /(?:^|_)(?:password|passwd|passphrase|pwd|secret|secrets|credential|credentials|api_?key|app_?key|access_?key|private_?key|signing_?key|encryption_?key|session_?key|license_?key|subscription_?key|master_?key|auth_?key|client_?secret|authorization|bearer|jwt|token|tokens|session|session_?id|session_(?:\w+_)?id|sessid|sid|csrf|xsrf|csrf_?token|otp|totp|one_?time_?code|verification_?code|recovery_?codes?|pin|pin_?code|cvv|cvc|cvv2|card_?number|pan|ssn|iban|account_?number|routing_?number|signature|sig|hmac|nonce|passcode|mnemonic|seed_?phrase|connection_?string|magic_?link|webhook_?secret|cookie|cookies|set_cookie|refresh|assertion|code_verifier|samlresponse|viewstate|ticket)$/;
/** `next_page_token`, `max_tokens`: the word stands in them and means a place or a count. */
const HARMLESS =
  /(?:^|_)(?:page|next|prev|previous|sync|continuation|cursor|resume|start|skip|delta|scroll|offset)_(?:page_)?tokens?$|(?:^|_)(?:max|min|total|prompt|completion|input|output|used|remaining|cached|reasoning|num|count|billable)_(?:\w+_)?tokens?$|(?:^|_)tokens?_(?:count|used|limit|type)$|token_type$|(?:^|_)(?:service|account|message|phone|call)_sid$|^sid$|(?:^|_)(?:event|support|help|parent|jira)_ticket$|(?:^|_)key_sid$/;

/** Words that make a name a secret's wherever they stand in it: `password_hash`, `signature_v2`. */
const ANY_WORD =
  /(?:^|_)(?:password|passwd|passphrase|passcode|pwd|secrets?|credentials?|api_?key|access_?key|private_?key|secret_?key|auth_?key|session_?key|signing_?key|encryption_?key|license_?key|authorization|bearer|jwt|cookies?|otp|cvv|cvc|ssn|signature|sig|hmac|csrf|xsrf|token)(?:_|$)/;
/** Last words that say something about a secret without being it: when it ends, how it is made, where one is had. */
const ABOUT_A_SECRET =
  /_(?:type|kind|algorithm|alg|count|limit|length|min|max|enabled|required|disabled|exists|verified|changed|rotated|set|expir(?:y|es|ed|ation)|(?:expires|created|updated|issued|changed|rotated|used|last_used)_(?:at|in|on)|url|uri|endpoint|name|label|policy|strength|status|state|method|prefix|version|hint|scopes?|id|ids)$/;
/** An identifier that opens what it names. */
const OPENING_ID = /(?:^|_)(?:secret|session)_ids?$/;

/** `accessToken`, `X-Api-Key`, `user[password]` in one spelling: words between single underscores. */
export function spelledName(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

const JUDGED = new Map<string, boolean>();
const MAX_JUDGED = 20_000;

/** True for a name whose value nobody else should see: in what is recorded, and in what is made of recordings. */
export function isSecretName(name: string): boolean {
  const known = JUDGED.get(name);
  if (known !== undefined) return known;
  const isSecret = judge(spelledName(name));
  // The names of a recording come again and again.
  if (JUDGED.size < MAX_JUDGED) JUDGED.set(name, isSecret);
  return isSecret;
}

function judge(spelled: string): boolean {
  if (HARMLESS.test(spelled)) return false;
  if (LAST_WORDS.test(spelled) || OPENING_ID.test(spelled)) return true;
  return ANY_WORD.test(spelled) && !ABOUT_A_SECRET.test(spelled);
}
