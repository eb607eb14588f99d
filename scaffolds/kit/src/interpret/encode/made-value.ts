import { randomBytes, randomUUID } from 'node:crypto';
import type { ParameterBinding } from '@counterpart/schemas';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** A fresh name for a request, in the form that its header has; undefined where nothing is made. */
export function madeValue(made: ParameterBinding['made']): string | undefined {
  switch (made) {
    case undefined:
      return undefined;
    case 'uuid':
      return randomUUID();
    case 'hex':
      return hex(16);
    case 'traceparent':
      // Version, trace, parent, flags (W3C Trace Context, 3.2); nothing is recorded on this side.
      return `00-${hex(16)}-${hex(8)}-00`;
  }
}
