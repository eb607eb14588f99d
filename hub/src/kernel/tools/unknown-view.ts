import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { ViewSelector } from '../ports.ts';

/** No such server or profile, or no longer: the same words on every surface, for what never was too. */
export function unknownView(selector: ViewSelector): CounterpartError {
  if (selector.kind === 'profile') return hubError('PROFILE_UNKNOWN', { profile: selector.name });
  return hubError('SERVER_UNKNOWN', { server: selector.kind === 'server' ? selector.id : 'this' });
}
