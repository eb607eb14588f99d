import { routeOf, type OperationPlace } from '../referee/slice.ts';
import { isTree, METHODS, type Tree } from '../referee/tree.ts';

const PARAMETER = /\{[^}]*\}/g;

/** Which operation of a description a request belongs to: of several, the one with the fewest parameters in its path. */
export function matchPlace(root: Tree, method: string, target: string): OperationPlace | undefined {
  const [asked = ''] = target.split('?');
  const found = placesOf(root).filter(
    (place) => place.method === method.toLowerCase() && toPattern(routeOf(place.path)).test(asked),
  );
  const parameters = ({ path }: OperationPlace): number => path.match(PARAMETER)?.length ?? 0;
  return found.toSorted((a, b) => parameters(a) - parameters(b))[0];
}

function placesOf(root: Tree): OperationPlace[] {
  const paths = isTree(root['paths']) ? root['paths'] : {};
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(isTree(item) ? item : {})
      .filter((key) => METHODS.has(key.toLowerCase()))
      .map((method) => ({ path, method: method.toLowerCase() })),
  );
}

const toPattern = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split(PARAMETER)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]+')}/?$`,
  );
