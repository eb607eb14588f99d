/** Words that are the fixed part of a path nearly everywhere, whatever stands beside them. */
const RESERVED = new Set(
  `me self my mine current default latest new all search find query count stats status health healthz ping info version about login logout signin signup
  signout register auth oauth oauth2 token tokens session sessions callback authorize refresh verify confirm reset password batch bulk export import upload
  download preview validate config configuration settings options schema metadata meta graphql rpc api rest public private internal admin upcoming recent
  popular trending featured random first last next previous active inactive archived deleted summary overview dashboard list index home root webhook webhooks
  events subscribe unsubscribe feed autocomplete suggest suggestions lookup check exists available availability today current_user whoami profile create
  update delete edit add remove cancel approve reject start stop pause resume retry restore archive unarchive publish unpublish activate deactivate enable
  disable send share invite accept decline close open lock unlock merge clone copy move follow unfollow like unlike star unstar block unblock favorite
  favorites history activity logs log audit usage billing quota limits permissions roles members owners children parent parents versions revisions
  restart scale rename resize tag wait kill prune connect disconnect attach detach push pull build apply trim append complete commit rollback reopen refund
  capture void finalize pay charge transfer assign unassign subscribe process run execute trigger submit sign print render translate convert generate
  trash inbox drafts spam
  comments attachments files file images image avatar content contents data raw details detail items tags labels notes`.split(
    /\s+/,
  ),
);
/** The same values in two places of a path with these before them are names of things. */
const COLLECTION = /(?:[^su]s|ies|ses|people|children|data|media|series|news|staff|equipment|feedback)$/;

/** True for a word that an interface would fix. */
export const isReserved = (word: string): boolean => RESERVED.has(word.toLowerCase());

/** True for a word that names many of a thing: what follows it is likely one of them. */
export const namesMany = (word: string): boolean => COLLECTION.test(word.toLowerCase());

/** How much a word looks like a part of an interface rather than a value, from 0 to 1. */
export function fixedness(word: string): number {
  if (isReserved(word)) return 1;
  if (/^[A-Za-z][a-z]+(?:[A-Z][a-z]+)+$/.test(word) || /^[a-z]+(?:_[a-z]+)+$/.test(word)) return 0.7;
  if (/^[a-z]+(?:-[a-z]+)+$/.test(word)) return 0.5;
  if (/^[a-z]+$/.test(word) && namesMany(word)) return 0.6;
  if (/^[A-Z]/.test(word) && !/^[A-Z]+$/.test(word)) return 0.2;
  return 0.25;
}

/** One of many: `companies` → `company`, `addresses` → `address`. */
export function singular(word: string): string {
  if (/people$/i.test(word)) return word.replace(/people$/i, 'person');
  if (/[^aeiou]ies$/i.test(word)) return word.replace(/ies$/i, 'y');
  if (/(?:ss|sh|ch|x|z)es$/i.test(word)) return word.slice(0, -2);
  if (/(?:us|ss|is|news|series|status)$/i.test(word)) return word;
  return /[^s]s$/i.test(word) ? word.slice(0, -1) : word;
}
