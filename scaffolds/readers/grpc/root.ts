import { hubError } from '@counterpart/schemas';
import protobuf from 'protobufjs';
// Adds `Root.fromDescriptor`.
import 'protobufjs/ext/descriptor/index.js';
import type { SourceText } from '../source.ts';
import { isReflection } from './fits.ts';
import { ImportedFiles, problemOf } from './imports.ts';
import { foldMaps, mend, type Mended } from './mend.ts';
import { servicesIn } from './names.ts';

/** The types and services of a source, resolved. */
export interface ProtoRoot extends Mended {
  readonly root: protobuf.Root;
  /** Those that the source is about. */
  readonly services: readonly protobuf.Service[];
  readonly format: string;
}

/** A source that cannot be read, and why. */
const refuse = ({ location }: SourceText, detail: string, cause?: unknown) =>
  hubError('PROTO_UNREADABLE', { source: location, detail }, cause === undefined ? undefined : { cause });

/** Reads protocol buffers of any form. Rejects with PROTO_UNREADABLE, which says where and why. */
export async function readProto(source: SourceText): Promise<ProtoRoot> {
  if (isReflection(source.text)) {
    const { files } = JSON.parse(source.text) as { readonly files: readonly string[] }; // written by reflection.ts
    return fromSet(source, setOf(files.map((file) => Buffer.from(file, 'base64'))), 'grpc reflection');
  }
  if (source.bytes !== undefined) return fromSet(source, source.bytes, 'protobuf descriptor set');
  return fromText(source);
}

/** A FileDescriptorSet of files as they came: field 1, once for each. */
function setOf(files: readonly Uint8Array[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const file of files) writer.uint32(10).bytes(file);
  return writer.finish();
}

/** What the extension adds to the library's class, which its types do not tell. */
interface DescriptorReader {
  fromDescriptor(bytes: Uint8Array): protobuf.Root;
}

function fromSet(source: SourceText, bytes: Uint8Array, format: string): ProtoRoot {
  let root: protobuf.Root;
  try {
    root = (protobuf.Root as unknown as DescriptorReader).fromDescriptor(bytes); // as said above
  } catch (error) {
    throw refuse(source, `it is no set of descriptors (${problemOf(error)})`, error);
  }
  foldMaps(root);
  return resolved(source, root, { services: servicesIn(root), format, omitted: [] });
}

function resolved(
  source: SourceText,
  root: protobuf.Root,
  found: Pick<ProtoRoot, 'services' | 'format' | 'omitted'>,
): ProtoRoot {
  try {
    const mended = mend(root);
    root.resolveAll();
    return { ...found, ...mended, root, omitted: [...found.omitted, ...mended.omitted] };
  } catch (error) {
    throw refuse(source, problemOf(error), error);
  }
}

async function fromText(source: SourceText): Promise<ProtoRoot> {
  const root = new protobuf.Root();
  const files = new ImportedFiles(source, (text) => addText(root, text));
  const own = startOf(source, files);
  const ownServices = servicesIn(root);
  const omitted = await files.follow(own);
  // A file that defines none stands for those it imports, as the list of a folder does.
  const services = ownServices.length === 0 ? servicesIn(root) : ownServices;
  return resolved(source, root, { services, format: 'protobuf', omitted });
}

function startOf(source: SourceText, files: ImportedFiles): ReturnType<ImportedFiles['start']> {
  try {
    return files.start();
  } catch (error) {
    throw refuse(source, problemOf(error), error);
  }
}

/** Adds what a file defines, unless something of it is there already; its imports, or undefined where it was left. */
function addText(root: protobuf.Root, text: string): readonly string[] | undefined {
  const options = { keepCase: true, alternateCommentMode: true };
  const alone = protobuf.parse(text, new protobuf.Root(), options);
  if (definesAgain(root, alone.root)) return undefined;
  protobuf.parse(text, root, options);
  return [...(alone.imports ?? []), ...(alone.weakImports ?? [])];
}

/** Whether a namespace has something that is not a package and is there already: the same file, found in two places. */
function definesAgain(there: protobuf.NamespaceBase, more: protobuf.NamespaceBase): boolean {
  return more.nestedArray.some((one) => {
    const same = there.get(one.name);
    if (same === null) return false;
    const arePackages = isPackage(one) && isPackage(same);
    return !arePackages || definesAgain(same, one);
  });
}

const isPackage = (one: protobuf.ReflectionObject): one is protobuf.Namespace =>
  one instanceof protobuf.Namespace && !(one instanceof protobuf.Type) && !(one instanceof protobuf.Service);
