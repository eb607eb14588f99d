import type { GrpcFacet, GrpcField, GrpcScalar } from '@counterpart/schemas';

/** The messages that describe messages (google/protobuf/descriptor.proto) and those of reflection, as far as they are written here. */

const one = (name: string, number: number, type: GrpcScalar): GrpcField => ({
  name,
  number,
  type,
  presence: true,
});
const texts = (name: string, number: number): GrpcField => ({ name, number, type: 'string', repeated: true });
const part = (name: string, number: number, of: string): GrpcField => ({
  name,
  number,
  type: 'message',
  of,
  presence: true,
});
const parts = (name: string, number: number, of: string): GrpcField => ({
  name,
  number,
  type: 'message',
  of,
  repeated: true,
});

/** Of a file's descriptor: `encodeMessage(DESCRIPTORS, 'File', …)`. */
export const DESCRIPTORS: GrpcFacet = {
  enums: {},
  messages: {
    File: [
      one('name', 1, 'string'),
      one('package', 2, 'string'),
      texts('imports', 3),
      parts('messages', 4, 'Message'),
      parts('enums', 5, 'Enum'),
      parts('services', 6, 'Service'),
      one('syntax', 12, 'string'),
    ],
    Message: [
      one('name', 1, 'string'),
      parts('fields', 2, 'Field'),
      parts('messages', 3, 'Message'),
      parts('enums', 4, 'Enum'),
      part('options', 7, 'MessageOptions'),
      parts('oneofs', 8, 'Oneof'),
    ],
    MessageOptions: [one('isMapEntry', 7, 'bool')],
    Oneof: [one('name', 1, 'string')],
    Field: [
      one('name', 1, 'string'),
      one('number', 3, 'int32'),
      one('label', 4, 'int32'),
      one('type', 5, 'int32'),
      one('typeName', 6, 'string'),
      part('options', 8, 'FieldOptions'),
      one('oneof', 9, 'int32'),
      one('jsonName', 10, 'string'),
      one('isOptional', 17, 'bool'),
    ],
    FieldOptions: [one('packed', 2, 'bool')],
    Enum: [one('name', 1, 'string'), parts('values', 2, 'EnumValue'), part('options', 3, 'EnumOptions')],
    EnumValue: [one('name', 1, 'string'), one('number', 2, 'int32')],
    EnumOptions: [one('allowsAlias', 2, 'bool')],
    Service: [one('name', 1, 'string'), parts('methods', 2, 'Method')],
    Method: [
      one('name', 1, 'string'),
      one('input', 2, 'string'),
      one('output', 3, 'string'),
      one('takesStream', 5, 'bool'),
      one('givesStream', 6, 'bool'),
    ],
  },
};

/** Of server reflection (grpc/reflection/v1/reflection.proto). */
export const REFLECTION: GrpcFacet = {
  enums: {},
  messages: {
    Request: [
      one('host', 1, 'string'),
      one('fileByFilename', 3, 'string'),
      one('fileContainingSymbol', 4, 'string'),
      part('fileContainingExtension', 5, 'Extension'),
      one('extensionsOfType', 6, 'string'),
      one('listServices', 7, 'string'),
    ],
    Extension: [one('type', 1, 'string'), one('number', 2, 'int32')],
    Response: [
      one('host', 1, 'string'),
      part('request', 2, 'Request'),
      part('files', 4, 'Files'),
      part('services', 6, 'Services'),
      part('error', 7, 'Refusal'),
    ],
    Files: [{ name: 'files', number: 1, type: 'bytes', repeated: true }],
    Services: [parts('services', 1, 'Named')],
    Named: [one('name', 1, 'string')],
    Refusal: [one('code', 1, 'int32'), one('words', 2, 'string')],
  },
};
