const LONGEST_TEMPLATE = 1_024;
const EXPRESSION = /\{([+#./;?&]?)[^{}]*\}/g;

/** What an expression of RFC 6570 may expand to, by its operator. */
const EXPANSIONS: Readonly<Record<string, string>> = {
  '': '[^/?#]*',
  '+': '.*',
  '#': '.*',
  '.': '(?:\\.[^/?#]*)?',
  '/': '(?:/[^?#]*)?',
  ';': '(?:;[^/?#]*)?',
  '?': '(?:\\?[^#]*)?',
  '&': '(?:&[^#]*)?',
};

/** A pattern for the URIs that a template can expand to; undefined for a template too long to be trusted. */
export function templatePattern(template: string): RegExp | undefined {
  if (template.length > LONGEST_TEMPLATE) return undefined;
  let pattern = '';
  let at = 0;
  for (const match of template.matchAll(EXPRESSION)) {
    const expansion = EXPANSIONS[match[1] ?? ''] ?? '.*';
    // Two of one kind side by side match nothing more than one, and would make the search slow.
    pattern +=
      escaped(template.slice(at, match.index)) +
      (pattern.endsWith(expansion) && at === match.index ? '' : expansion);
    at = match.index + match[0].length;
  }
  return new RegExp(`^${pattern}${escaped(template.slice(at))}$`, 's');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
