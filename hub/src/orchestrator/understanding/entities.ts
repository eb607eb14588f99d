import { isMembers } from '../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import { plainText, plainWords } from './plain-text.ts';

/** Something of the owner's world that has several names: `office`, `work`, `the office`. */
export interface Entity {
  readonly key: string;
  readonly names?: readonly string[] | undefined;
  /** Of a place: what a tool is given for it. */
  readonly address?: string | undefined;
  /** Of anything else, such as an id or an address for mail. */
  readonly value?: string | undefined;
}

const ARTICLES =
  /^(?:(?:the|my|our|your|a|an|der|die|das|den|dem|meine?[nmr]?|unsere?[nmr]?|le|la|les|mon|ma|notre|el|los|las|mi|nuestr[oa]|il|lo|mio|mia|o|minha|meu|het|de|mijn|ons|onze)\s|l'|l )+/u;

const ABBREVIATIONS: readonly (readonly [RegExp, string])[] = [
  [/\bst(?:r|rasse|reet)?\b/g, 'street'],
  [/(?<=\p{L})str(?:asse)?\b/gu, 'street'],
  [/\bave?(?:nue)?\b/g, 'avenue'],
  [/\b(?:rd|road)\b/g, 'road'],
  [/\b(?:blvd|boulevard)\b/g, 'boulevard'],
  [/\b(?:sq|square)\b/g, 'square'],
];

/** Parameters that take a place. */
const PLACE_PARAMETER =
  /address|place|location|destination|origin|venue|(?:^|_|\b)(?:from|to|where|stop|station|city|start|end|via)(?:$|_|\b)|(?:From|To)$/;

/** Words before a name that tell a place from a verb: `at work`, not `does it work`. */
const BEFORE =
  /(?:^| )(?:to|at|from|for|in|near|by|via|leave|reach|towards?|zu[mr]?|nach|ins?|im|von|vom|bei[m]?|auf|a|au|chez|de|du|en|al|del|da|para|naar|van|the|my|our|mein\w*|mon|ma|mi|die|das|der|den) $/u;

/** A name in the one form in which names are compared. */
function normalName(name: string): string {
  let text = plainText(name).replace(ARTICLES, '');
  text = plainWords(text);
  for (const [written, full] of ABBREVIATIONS) text = text.replace(written, full);
  return text;
}

/** What the owner's things are called, in one place. The first entity with a name has it. */
export class EntityBook {
  readonly #byName = new Map<string, Entity>();

  constructor(entities: readonly Entity[]) {
    for (const entity of entities) {
      const { key, names = [], address } = entity;
      // The street is enough of an address.
      const addresses = address === undefined ? [] : [address, address.split(',')[0] ?? address];
      for (const name of [key, ...names, ...addresses]) {
        const normal = normalName(name);
        if (normal !== '' && !this.#byName.has(normal)) this.#byName.set(normal, entity);
      }
    }
  }

  /** The entity with this key, name or address, however it is written. */
  resolve(text: string): Entity | undefined {
    return this.#byName.get(normalName(text));
  }

  /** Entities that a sentence mentions, longer names before those that they hold. */
  mentionedIn(sentence: string): readonly Entity[] {
    let text = ` ${plainWords(sentence)} `;
    for (const [written, full] of ABBREVIATIONS) text = text.replace(written, full);
    const found = new Set<Entity>();
    for (const [name, entity] of [...this.#byName].toSorted(([a], [b]) => b.length - a.length)) {
      const at = text.indexOf(` ${name} `);
      if (at < 0 || !isMention(text, at, name)) continue;
      found.add(entity);
      text = text.slice(0, at + 1) + text.slice(at + name.length + 1);
    }
    return [...found];
  }

  /** Arguments with what their names stand for: addresses where places are wanted, values anywhere. */
  inArguments(given: JsonMembers): JsonMembers {
    return Object.fromEntries(
      Object.entries(given).map(([parameter, value]) => [parameter, this.#replaced(parameter, value)]),
    );
  }

  #replaced(parameter: string, value: unknown): unknown {
    if (isMembers(value)) return this.inArguments(value);
    if (Array.isArray(value)) return value.map((item) => this.#replaced(parameter, item));
    const entity = typeof value === 'string' ? this.resolve(value) : undefined;
    if (!entity) return value;
    return (PLACE_PARAMETER.test(parameter) ? entity.address : undefined) ?? entity.value ?? value;
  }
}

/** Whether a parameter takes a place, by its name. */
export const takesPlace = (parameter: string): boolean => PLACE_PARAMETER.test(parameter);

function isMention(text: string, at: number, name: string): boolean {
  if (name.includes(' ') || /\d|@/.test(name)) return true;
  return BEFORE.test(text.slice(0, at + 1)) || text.trim() === name || name === 'home';
}
