import { isSameJson, type ToolDefinition } from '@counterpart/schemas';

/** What of an installed server a new build is compared with. */
export interface BuiltState {
  readonly version: string;
  readonly blueprintHash: string;
  readonly tools: readonly ToolDefinition[];
}

/**
 * The version of a build, from what its callers notice: a tool removed or its input changed is a new major version,
 * a tool added a minor one, anything else that differs a patch. Equal builds keep their version.
 */
export function nextVersion(previous: BuiltState | undefined, next: Omit<BuiltState, 'version'>): string {
  if (previous === undefined) return '1.0.0';
  const [major = 0, minor = 0, patch = 0] = previous.version.split('-', 1)[0]?.split('.').map(Number) ?? [];
  const change = compareTools(previous.tools, next.tools);
  if (change === 'breaking') return `${major + 1}.0.0`;
  if (change === 'added') return `${major}.${minor + 1}.0`;
  if (change === 'wording' || previous.blueprintHash !== next.blueprintHash)
    return `${major}.${minor}.${patch + 1}`;
  return previous.version;
}

/**
 * The same version, or the next of its kind that no kept version has: after a rollback the numbers go on where they were,
 * and one number never means two packages.
 */
export function freeVersion(
  version: string,
  { previous, taken }: { readonly previous: string | undefined; readonly taken: ReadonlySet<string> },
): string {
  if (!taken.has(version)) return version;
  const [major = 0, minor = 0, patch = 0] = version.split('-', 1)[0]?.split('.').map(Number) ?? [];
  const isPatch = version === previous || patch > 0;
  const next = isPatch
    ? `${major}.${minor}.${patch + 1}`
    : minor > 0
      ? `${major}.${minor + 1}.0`
      : `${major + 1}.0.0`;
  return freeVersion(next, { previous, taken });
}

type ToolChange = 'none' | 'wording' | 'added' | 'breaking';

function compareTools(before: readonly ToolDefinition[], after: readonly ToolDefinition[]): ToolChange {
  const byName = new Map(after.map((tool) => [tool.name, tool]));
  const isBroken = before.some((tool) => {
    const now = byName.get(tool.name);
    return now === undefined || !isSameJson(now.inputSchema, tool.inputSchema);
  });
  if (isBroken) return 'breaking';
  if (after.length > before.length) return 'added';
  return isSameJson(before, after) ? 'none' : 'wording';
}
