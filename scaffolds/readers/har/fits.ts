/** Far enough into a file to have met `log` and what stands in it, however long its creator's comment is. */
const LOOKED_AT = 64 * 1024;

/** True for a text that begins as a HAR does: an object whose `log` has what logs have, or entries, whatever stands before them. */
export function isHar(text: string): boolean {
  const start = text.slice(0, LOOKED_AT);
  return /^\uFEFF?\s*\{\s*(?:"[$_]?\w+"\s*:\s*(?:"[^"]*"|\d+)\s*,\s*)*"log"\s*:\s*\{(?:\s*\}|\s*"(?:pages|version|creator|browser|comment|_\w+)"|[^]*?"entries"\s*:\s*\[)/.test(
    start,
  );
}
