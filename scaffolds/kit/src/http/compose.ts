/** Headers by lower-case name; later ones replace earlier ones. */
export function mergeHeaders(
  ...all: readonly (Readonly<Record<string, string>> | undefined)[]
): Record<string, string> {
  return Object.fromEntries(
    all.flatMap((headers) =>
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const),
    ),
  );
}

/** Adds pairs to a Cookie header's text; undefined when there is none at all. */
export function joinCookies(header: string | undefined, pairs: readonly string[] = []): string | undefined {
  const all = [header, ...pairs].filter((part) => part !== undefined && part !== '');
  return all.length === 0 ? undefined : all.join('; ');
}

/** Puts further `name=value` assignments, already encoded, behind a path or URL. */
export function withQuery(target: string, assignments: readonly string[] = []): string {
  const query = assignments.filter((part) => part !== '').join('&');
  if (query === '') return target;
  return `${target}${target.includes('?') ? '&' : '?'}${query}`;
}

/** True when a segment of the path is `.` or `..`, encoded or not: servers and proxies resolve both. */
export function hasDotSegment(path: string): boolean {
  const [pathOnly = ''] = path.split('?');
  return pathOnly.split('/').some((segment) => /^\.\.?$/.test(segment.replace(/%2e/gi, '.')));
}
