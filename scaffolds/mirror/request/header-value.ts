/** A request header; a name that no header can have is simply not there. */
export function headerValue(headers: Headers, name: string): string | undefined {
  try {
    return headers.get(name) ?? undefined;
  } catch {
    return undefined;
  }
}
