const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

/** Whether GraphQL takes it as a name of the service's own; two underscores in front are the language's. */
export const isGraphqlName = (name: string): boolean => NAME.test(name) && !name.startsWith('__');

/** A text as a name that GraphQL takes. */
export function toGraphqlName(text: string): string {
  const plain = text.replaceAll(/[^_0-9A-Za-z]+/g, '_').replace(/^_+/, '');
  return /^[A-Za-z]/.test(plain) ? plain : `_${plain}`;
}

/** A text as the name of a type: `order_lines.column` → `OrderLinesColumn`. */
export const toTypeName = (text: string): string =>
  toGraphqlName(
    text
      .split(/[^0-9A-Za-z]+/)
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join(''),
  );

/** Gives each name once; a second one that wants the same gets a number. */
export class UniqueNames {
  readonly #taken: Set<string>;

  constructor(reserved: readonly string[] = []) {
    this.#taken = new Set(reserved);
  }

  take(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.#taken.has(name); count += 1) name = `${wanted}${count}`;
    this.#taken.add(name);
    return name;
  }
}
