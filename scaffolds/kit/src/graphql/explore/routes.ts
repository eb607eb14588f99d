import { namedType } from '../language/ast.ts';
import { isComposite, type Schema } from '../schema/schema.ts';

/** The shortest ways from the query root to each type, as paths of fields such as `repository.issue`. */
export type Routes = ReadonlyMap<string, string>;

const known = new WeakMap<Schema, Routes>();

function findRoutes(schema: Schema): Routes {
  const routes = new Map<string, string>();
  const root = schema.root('query');
  if (root === undefined) return routes;
  const queue = [{ type: root, path: '' }];
  const reach = (name: string, path: string): void => {
    const type = schema.type(name);
    if (type === undefined || !isComposite(type) || routes.has(name)) return;
    routes.set(name, path);
    queue.push({ type, path });
  };
  // The list grows while it is walked: breadth first, so the first way found is a shortest one.
  for (const { type, path } of queue) {
    for (const field of type.fields.values()) {
      // `node(id:)` leads everywhere and tells nothing.
      if (/^_?(?:nodes?|entities)$/.test(field.name) && field.args.size > 0) continue;
      reach(namedType(field.type), path === '' ? field.name : `${path}.${field.name}`);
    }
    if (type.kind !== 'object' && path !== '')
      for (const member of schema.possibleTypes(type.name)) reach(member, `${path}{... on ${member}}`);
  }
  return routes;
}

/** Ways to all types of a schema; found once. */
export function routesOf(schema: Schema): Routes {
  const routes = known.get(schema) ?? findRoutes(schema);
  known.set(schema, routes);
  return routes;
}
