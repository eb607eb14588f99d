import { classify } from '../detect/classify.ts';

/** True for a set of descriptors, as `protoc --descriptor_set_out` writes it: it begins with the name of a .proto file. */
export const isDescriptorSet = (head: Uint8Array): boolean =>
  head[0] === 0x0a && classify(head, '').format === 'protobuf-descriptor';

/** True for what a gRPC service answered to reflection. */
export const isReflection = (text: string): boolean => text.startsWith('{"grpcReflection":1,');

interface Described {
  readonly text: string;
  readonly location: string;
  /** Of what is not text. */
  readonly bytes?: Uint8Array | undefined;
}

/** True for protocol buffers: their source, a set of descriptors, or what reflection found. */
export const isGrpc = ({ text, location, bytes }: Described): boolean =>
  bytes !== undefined ||
  isReflection(text) ||
  /\.proto$/i.test(location) ||
  /^\s*(?:syntax\s*=\s*["']proto[23]["']|edition\s*=\s*["']\d{4}["'])\s*;/m.test(text.slice(0, 20_000));
