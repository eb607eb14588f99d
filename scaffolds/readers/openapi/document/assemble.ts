import type {
  Blueprint,
  JsonObject,
  JsonSchema,
  NameLock,
  Operation,
  ServiceServer,
} from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import type { ReadOptions } from '../../reader.ts';
import type { SourceText } from '../../source.ts';
import { AUTHORIZATION_SCHEME, AWS_SCHEME } from '../operation/operation.ts';
import { member, objectMember, textMember } from '../source/json-tree.ts';
import type { Description } from '../source/parse.ts';
import { cutText, plainText } from '../text/text.ts';
import { readRequirements, undeclaredSchemes, type Schemes } from './access/auth.ts';
import type { DocumentContext } from './context.ts';
import type { Losses } from './omissions.ts';
import { isAbsolute, readServers } from './access/servers.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'openapi@1';

interface Parts {
  readonly description: Description;
  readonly source: SourceText;
  readonly options: ReadOptions;
  readonly context: DocumentContext;
  readonly operations: readonly Operation[];
  readonly types: ReadonlyMap<string, JsonSchema>;
  readonly names: NameLock;
}

/** Without an absolute address a call has nowhere to go until somebody gives one. */
function reportAddress(servers: readonly ServiceServer[], losses: Losses): void {
  if (servers.some(({ url }) => isAbsolute(url))) return;
  const [relative] = servers;
  const found =
    relative === undefined
      ? 'The description names no server'
      : `The description names its server only relative to its own address ("${relative.url === '' ? '/' : relative.url}")`;
  losses.add({
    code: 'operation-invalid',
    severity: 'notice',
    subject: 'servers',
    reason: `${found}; the base URL must be given with --base-url or in the environment.`,
    source: { pointer: '#' },
  });
}

/** What is asked for in vain; calls are made without. */
function reportUndeclared(root: JsonObject, { schemes, losses }: DocumentContext): void {
  const names = undeclaredSchemes(member(root, 'security'), schemes);
  if (names === undefined) return;
  losses.add({
    code: 'reference-missing',
    severity: 'notice',
    subject: 'security',
    reason: `It asks for ${names}, which the description declares nowhere; calls carry no credentials unless an operation says otherwise.`,
    source: { pointer: '#/security' },
  });
}

/** Schemes that operations ask for without the description declaring any. */
function impliedSchemes(operations: readonly Operation[]): Schemes {
  const uses = (scheme: string): boolean =>
    operations.some(({ auth }) => auth?.some((one) => Object.hasOwn(one, scheme)));
  return {
    ...(uses(AUTHORIZATION_SCHEME)
      ? { [AUTHORIZATION_SCHEME]: { kind: 'api-key', in: 'header', name: 'Authorization' } as const }
      : {}),
    ...(uses(AWS_SCHEME) ? { [AWS_SCHEME]: { kind: 'aws-sigv4' } as const } : {}),
  };
}

/** The blueprint of everything that was read. */
export function assemble({
  description,
  source,
  options,
  context,
  operations,
  types,
  names,
}: Parts): Blueprint {
  const { root, format, dialect } = description;
  const info = objectMember(root, 'info');
  const text = plainText((textMember(info, 'description') ?? '').slice(0, 20_000));
  const servers =
    options.baseUrl === undefined
      ? readServers(root, dialect, source.location)
      : [{ url: options.baseUrl.replace(/\/+$/, '') }];
  reportAddress(servers, context.losses);
  reportUndeclared(root, context);
  return {
    blueprint: 1,
    id: options.id,
    title: titleOf(root) ?? options.id,
    version: versionOf(info),
    ...(text === '' ? {} : { description: cutText(text, 2_000) }),
    source: {
      kind: 'openapi',
      location: source.location,
      sha256: description.sha256 ?? source.sha256,
      format,
      reader: READER,
      ...(options.include === undefined || options.include.length === 0
        ? {}
        : { include: [...options.include] }),
    },
    servers,
    auth: {
      schemes: { ...impliedSchemes(operations), ...context.schemes },
      default: readRequirements(member(root, 'security'), context.schemes) ?? [],
    },
    operations: options.baseUrl === undefined ? [...operations] : operations.map(withoutServers),
    types: Object.fromEntries(types),
    omitted: [...context.losses.list],
    names,
  };
}

/** The service's title in one line; undefined when the description has none. */
export function titleOf(root: JsonObject): string | undefined {
  const title = plainText(textMember(objectMember(root, 'info'), 'title') ?? '').replaceAll('\n', ' ');
  return title === '' ? undefined : cutText(title, 200);
}

function versionOf(info: JsonObject): string {
  const version = member(info, 'version');
  return typeof version === 'string' || isNumber(version) ? String(version) : '';
}

function withoutServers(operation: Operation): Operation {
  const { servers: _replaced, ...http } = operation.http;
  return { ...operation, http };
}
