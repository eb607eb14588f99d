import { encodeMessage, WELL_KNOWN } from '@counterpart/kit/grpc';
import type { Blueprint, GrpcCall, GrpcFacet, GrpcField, JsonObject } from '@counterpart/schemas';
import { DESCRIPTORS } from './descriptor-messages.ts';
import { describeEnum, describeMessage, lastOf, needsProto2 } from './describe-types.ts';

/** A file of protocol buffers that was never written: descriptors of what a mirror knows. */
export interface DescribedFile {
  readonly name: string;
  readonly imports: readonly string[];
  /** What it defines, by full names. */
  readonly symbols: readonly string[];
  readonly bytes: Buffer;
}

const GOOGLE = 'google.protobuf';
/** Files of the well-known types that are not named after their type. */
const HOMES: Readonly<Record<string, string>> = { Struct: 'struct', Value: 'struct', ListValue: 'struct' };

const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));

/** The file that a well-known type stands in; clients know these by their names. */
function wellKnownFile(type: string): string {
  const name = lastOf(type);
  const snake = name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const file = HOMES[name] ?? (/.Value$/.test(name) ? 'wrappers' : snake);
  return `google/protobuf/${file}.proto`;
}

/** The package of each name: what is in a message is of the message's package. */
function packagesOf({ operations }: Blueprint, { messages, enums }: GrpcFacet): (name: string) => string {
  const services = new Set(operations.flatMap(({ grpc }) => (grpc ? parentOf(grpc.service) : [])));
  const types = new Set([...Object.keys(messages), ...Object.keys(enums)]);
  return (name) => {
    let home = parentOf(name);
    // A message that nothing holds is not known, and what stood in it is: such names begin with a capital letter.
    while (home !== '' && (types.has(home) || (/^[A-Z]/.test(lastOf(home)) && !services.has(home))))
      home = parentOf(home);
    return home;
  };
}

interface Draft {
  readonly messages: Map<string, readonly GrpcField[]>;
  readonly enums: Map<string, Readonly<Record<string, number>>>;
  readonly services: Map<string, Map<string, GrpcCall>>;
}

const emptyDraft = (): Draft => ({ messages: new Map(), enums: new Map(), services: new Map() });

/** Everything that a mirror speaks, as files: one a package, and those of the well-known types that are used. */
export function describeFiles(blueprint: Blueprint): DescribedFile[] {
  const facet: GrpcFacet = blueprint.grpc ?? { messages: {}, enums: {} };
  const packageOf = packagesOf(blueprint, facet);
  const drafts = new Map<string, Draft>();
  const draft = (name: string): Draft => {
    const known = drafts.get(name) ?? emptyDraft();
    drafts.set(name, known);
    return known;
  };
  for (const [name, fields] of Object.entries(facet.messages))
    draft(packageOf(name)).messages.set(name, fields);
  for (const [name, values] of Object.entries(facet.enums)) draft(packageOf(name)).enums.set(name, values);
  for (const { grpc: call } of blueprint.operations) {
    if (call === undefined) continue;
    const { services } = draft(parentOf(call.service));
    services.set(
      call.service,
      (services.get(call.service) ?? new Map<string, GrpcCall>()).set(call.method, call),
    );
  }
  const syntax = needsProto2(facet) ? 'proto2' : 'proto3';
  const fileOf = (type: string): string =>
    WELL_KNOWN.has(type) ? wellKnownFile(type) : fileOfPackage(packageOf(type));
  const own = [...drafts].map(([name, one]) => describeFile(one, { package: name, syntax, fileOf }));
  return [...own, ...wellKnownFiles(own)];
}

/** No package of a service is called so, and no file that a client has. */
const fileOfPackage = (name: string): string =>
  `mirror/${name === '' ? 'root' : name.replaceAll('.', '/')}.proto`;

interface Home {
  readonly package: string;
  readonly syntax: string;
  readonly fileOf: (type: string) => string;
}

const typesIn = ({ messages, services }: Draft): string[] => [
  ...[...messages.values()].flat().flatMap(({ of }) => of ?? []),
  ...[...services.values()].flatMap((calls) =>
    [...calls.values()].flatMap(({ input, output }) => [input, output]),
  ),
];

function describeFile(draft: Draft, { package: home, syntax, fileOf }: Home): DescribedFile {
  const name = fileOfPackage(home);
  const imports = [...new Set(typesIn(draft).map(fileOf))].filter((one) => one !== name).toSorted();
  const tree = new TypeTree(home);
  for (const [type, fields] of draft.messages) tree.message(type, fields);
  for (const [type, values] of draft.enums) tree.enum(type, values);
  const services = [...draft.services].map(([service, calls]) => ({
    name: lastOf(service),
    methods: [...calls.values()].map(describeMethod),
  }));
  const methods = [...draft.services].flatMap(([service, calls]) =>
    [...calls.keys()].map((one) => `${service}.${one}`),
  );
  return {
    name,
    imports,
    symbols: [...draft.messages.keys(), ...draft.enums.keys(), ...draft.services.keys(), ...methods],
    bytes: encodeMessage(DESCRIPTORS, 'File', {
      name,
      ...(home === '' ? {} : { package: home }),
      imports,
      ...tree.root(),
      services,
      syntax,
    }),
  };
}

const describeMethod = ({ method, input, output, messages, bounds }: GrpcCall): JsonObject => ({
  name: method,
  input: `.${input}`,
  output: `.${output}`,
  ...(messages === undefined ? {} : { takesStream: true }),
  ...(bounds === undefined ? {} : { givesStream: true }),
});

/** Messages and enums of one package, inside each other as their names say. */
class TypeTree {
  readonly #package: string;
  readonly #messages = new Map<string, readonly GrpcField[]>();
  readonly #enums = new Map<string, Readonly<Record<string, number>>>();

  constructor(home: string) {
    this.#package = home;
  }

  message(name: string, fields: readonly GrpcField[]): void {
    this.#messages.set(name, fields);
    this.#ensureParent(name);
  }

  enum(name: string, values: Readonly<Record<string, number>>): void {
    this.#enums.set(name, values);
    this.#ensureParent(name);
  }

  root(): { readonly messages: JsonObject[]; readonly enums: JsonObject[] } {
    return this.#inside(this.#package);
  }

  #ensureParent(name: string): void {
    const parent = parentOf(name);
    if (parent === this.#package || this.#messages.has(parent)) return;
    this.message(parent, []);
  }

  #inside(home: string): { readonly messages: JsonObject[]; readonly enums: JsonObject[] } {
    const messages = [...this.#messages].filter(([name]) => parentOf(name) === home);
    const enums = [...this.#enums].filter(([name]) => parentOf(name) === home);
    return {
      messages: messages.map(([name, fields]) => {
        const described = describeMessage(name, fields);
        const inner = this.#inside(name);
        const entries = [described['messages'] ?? []].flat();
        return { ...described, messages: [...inner.messages, ...entries], enums: inner.enums };
      }),
      enums: enums.map(([name, values]) => describeEnum(name, values)),
    };
  }
}

/** The files of Google's that others import, each with all of its types. */
function wellKnownFiles(files: readonly DescribedFile[]): DescribedFile[] {
  const wanted = new Set(files.flatMap(({ imports }) => imports));
  const byFile = Map.groupBy(WELL_KNOWN.keys(), wellKnownFile);
  return [...byFile]
    .filter(([name]) => wanted.has(name))
    .map(([name, types]) => ({
      name,
      imports: [],
      symbols: types,
      bytes: encodeMessage(DESCRIPTORS, 'File', {
        name,
        package: GOOGLE,
        messages: types.map((type) => describeMessage(type, alternativesOf(type))),
        syntax: 'proto3',
      }),
    }));
}

/** A value of any kind is one of several; everywhere else the fields stand for themselves. */
const alternativesOf = (type: string): readonly GrpcField[] =>
  (WELL_KNOWN.get(type) ?? []).map((field) =>
    type === `${GOOGLE}.Value` ? { ...field, oneof: 'kind' } : field,
  );
