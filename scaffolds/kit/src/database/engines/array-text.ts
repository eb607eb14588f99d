/** The text of a PostgreSQL array as lists of texts (PostgreSQL manual, 8.15.6). Throws SyntaxError for a text that is none. */
export function parseArray(text: string): unknown[] {
  // Bounds such as `[0:2]={…}` say where counting begins.
  const body = text.replace(/^(?:\[-?\d+:-?\d+\])+=/, '');
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError('not the text of an array');
  };
  const quoted = (): string => {
    let value = '';
    for (at += 1; body[at] !== '"'; at += 1) {
      if (at >= body.length) fail();
      if (body[at] === '\\') at += 1;
      value += body[at] ?? '';
    }
    at += 1;
    return value;
  };
  const plain = (): string | null => {
    const start = at;
    while (at < body.length && body[at] !== ',' && body[at] !== '}') at += 1;
    const value = body.slice(start, at);
    return value === 'NULL' ? null : value;
  };
  const list = (): unknown[] => {
    const items: unknown[] = [];
    at += 1;
    while (body[at] !== '}') {
      if (at >= body.length) fail();
      items.push(body[at] === '{' ? list() : body[at] === '"' ? quoted() : plain());
      if (body[at] === ',') at += 1;
      else if (body[at] !== '}') fail();
    }
    at += 1;
    return items;
  };
  if (body[0] !== '{') fail();
  const found = list();
  if (at !== body.length) fail();
  return found;
}

/** A list as the text of a PostgreSQL array; `text` writes an item. */
export function writeArray(items: readonly unknown[], text: (item: unknown) => string | null): string {
  const write = (item: unknown): string => {
    if (Array.isArray(item)) return writeArray(item, text);
    const value = text(item);
    return value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  };
  return `{${items.map(write).join(',')}}`;
}
