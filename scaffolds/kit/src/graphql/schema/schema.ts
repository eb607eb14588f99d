import type { GraphqlFacet, GraphqlOperationKind } from '@counterpart/schemas';
import {
  parseDirectiveDefinition,
  parseTypeDefinition,
  type DirectiveDefinition,
  type FieldDefinition,
  type TypeDefinition,
} from '../language/parse-type.ts';
import { BUILT_IN_DIRECTIVES, BUILT_IN_TYPES, META_FIELDS } from './built-in.ts';

/** The types of a service; each is parsed when it is first asked for. */
export interface Schema {
  readonly names: readonly string[];
  type(name: string): TypeDefinition | undefined;
  root(operation: GraphqlOperationKind): TypeDefinition | undefined;
  directive(name: string): DirectiveDefinition | undefined;
  readonly directiveNames: readonly string[];
  /** Fields that may be selected on the type, `__typename` and the like too. */
  field(type: TypeDefinition, name: string): FieldDefinition | undefined;
  /** Names of the object types a value of this type may have. */
  possibleTypes(name: string): ReadonlySet<string>;
}

export const isComposite = ({ kind }: TypeDefinition): boolean =>
  kind === 'object' || kind === 'interface' || kind === 'union';

export const isAbstract = ({ kind }: TypeDefinition): boolean => kind === 'interface' || kind === 'union';

export const isInputType = ({ kind }: TypeDefinition): boolean =>
  kind === 'scalar' || kind === 'enum' || kind === 'input';

/** A lookup by own names only, whose values are made once. */
function lazily<Value>(
  texts: Readonly<Record<string, string>>,
  parse: (text: string) => Value,
): (name: string) => Value | undefined {
  const known = new Map<string, Value>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined || !Object.hasOwn(texts, name)) return found;
    const value = parse(texts[name] ?? '');
    known.set(name, value);
    return value;
  };
}

function implementors(names: readonly string[], type: Schema['type']): ReadonlyMap<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of names) {
    const definition = type(name);
    if (definition?.kind !== 'object') continue;
    for (const parent of definition.interfaces) found.set(parent, (found.get(parent) ?? new Set()).add(name));
  }
  return found;
}

/** Opens the schema of a blueprint. */
export function openSchema(facet: Pick<GraphqlFacet, 'roots' | 'types' | 'directives'>): Schema {
  const names = Object.keys(facet.types);
  const type = lazily({ ...BUILT_IN_TYPES, ...facet.types }, parseTypeDefinition);
  const directives = { ...BUILT_IN_DIRECTIVES, ...facet.directives };
  const meta = new Map(META_FIELDS.map((field) => [field.name, field]));
  let byInterface: ReadonlyMap<string, Set<string>> | undefined;
  const root: Schema['root'] = (operation) => type(facet.roots[operation] ?? '');
  return {
    names,
    type,
    root,
    directive: lazily(directives, parseDirectiveDefinition),
    directiveNames: Object.keys(directives),
    field(parent, name) {
      const own = parent.fields.get(name);
      if (own !== undefined || !isComposite(parent)) return own;
      // `__schema` and `__type` stand on the query root only (section 4.2).
      return name === '__typename' || parent.name === facet.roots.query ? meta.get(name) : undefined;
    },
    possibleTypes(name) {
      const definition = type(name);
      if (definition?.kind === 'object') return new Set([name]);
      if (definition?.kind === 'union') return new Set(definition.members);
      byInterface ??= implementors(names, type);
      return byInterface.get(name) ?? new Set();
    },
  };
}
