import type { GrpcFacet, GrpcField, Json } from '@counterpart/schemas';
import { isList, isMembers } from '../json-value.ts';
import { decodeMessage } from './decode.ts';
import { ProtoProblem } from './wire-format.ts';

/** What a service says of a refusal beside its words: the messages of google.rpc that a status carries. */
export interface StatusDetails {
  /** One fact each. */
  readonly lines: readonly string[];
  /** How long to wait before the call is repeated, such as `1.5s`. */
  readonly retryDelay?: string;
}

const text = (name: string, number: number): GrpcField => ({ name, number, type: 'string' });
const list = (name: string, number: number, of: string): GrpcField => ({
  name,
  number,
  type: 'message',
  of: `google.rpc.${of}`,
  repeated: true,
});

/** Members of the messages that are understood; their numbers are those of google/rpc. */
export const DETAILS: GrpcFacet = {
  enums: {},
  messages: {
    'google.rpc.Status': [
      { name: 'code', number: 1, type: 'int32' },
      text('message', 2),
      { name: 'details', number: 3, type: 'message', of: 'google.protobuf.Any', repeated: true },
    ],
    'google.rpc.BadRequest': [list('fieldViolations', 1, 'FieldViolation')],
    'google.rpc.FieldViolation': [text('field', 1), text('description', 2)],
    'google.rpc.ErrorInfo': [
      text('reason', 1),
      text('domain', 2),
      { name: 'metadata', number: 3, type: 'string', key: 'string' },
    ],
    'google.rpc.RetryInfo': [
      { name: 'retryDelay', number: 1, type: 'message', of: 'google.protobuf.Duration' },
    ],
    'google.rpc.QuotaFailure': [list('violations', 1, 'Violation')],
    'google.rpc.Violation': [text('subject', 1), text('description', 2)],
    'google.rpc.PreconditionFailure': [list('violations', 1, 'Precondition')],
    'google.rpc.Precondition': [text('type', 1), text('subject', 2), text('description', 3)],
    'google.rpc.ResourceInfo': [text('resourceType', 1), text('resourceName', 2), text('description', 4)],
    'google.rpc.Help': [list('links', 1, 'Link')],
    'google.rpc.Link': [text('description', 1), text('url', 2)],
    'google.rpc.LocalizedMessage': [text('message', 2)],
  },
};

const MOST_LINES = 20;

/** What the metadata `grpc-status-details-bin` says; nothing where it is not what it should be. */
export function detailsIn(metadata: string): StatusDetails {
  try {
    const status = decodeMessage(DETAILS, 'google.rpc.Status', Buffer.from(metadata, 'base64'));
    const details = isMembers(status) && isList(status['details']) ? status['details'].filter(isMembers) : [];
    const delay = details.map(({ retryDelay }) => retryDelay).find((one) => typeof one === 'string');
    return {
      lines: details.flatMap(linesOf).slice(0, MOST_LINES),
      ...(delay === undefined ? {} : { retryDelay: delay }),
    };
  } catch (error) {
    if (error instanceof ProtoProblem) return { lines: [] };
    throw error;
  }
}

const isWords = (part: Json | undefined): part is string => typeof part === 'string' && part !== '';

const joined = (...parts: readonly (Json | undefined)[]): string => parts.filter(isWords).join(': ');

/** A detail in words; one of the service's own types says nothing that could be read. */
function linesOf(detail: { readonly [name: string]: Json }): string[] {
  const violations = detail['fieldViolations'] ?? detail['violations'] ?? detail['links'];
  if (isList(violations))
    return violations
      .filter(isMembers)
      .map((one) => joined(one['field'], one['type'], one['subject'], one['description'], one['url']));
  const { reason, domain, metadata, resourceType, resourceName, description, message } = detail;
  const facts =
    isMembers(metadata) && Object.keys(metadata).length > 0 ? JSON.stringify(metadata) : undefined;
  const line = joined(reason, domain, resourceType, resourceName, description, message, facts);
  return line === '' ? [] : [line];
}
