import type { Blueprint } from '@counterpart/schemas';
import { baseUrlName, credentialNames, timeoutName } from '../compile/credentials/env-names.ts';
import type { HttpFailure } from '../http/failures/http-failure.ts';

/** What to do about a call that got no answer, in the names of this server's settings. */
export function afterFailure({ kind }: HttpFailure, blueprint: Blueprint): string {
  const base = baseUrlName(blueprint.id);
  const runs = `Check that the service runs and that ${base} points to it`;
  const tls = [...credentialNames(blueprint).values()].find((names) => names.certificateFile !== undefined);
  const files = `${tls?.certificateFile ?? ''} and ${tls?.keyFile ?? ''}`;
  switch (kind) {
    case 'timeout':
      return `Ask for less, or raise ${timeoutName(blueprint.id)}.`;
    case 'untrusted':
      return tls === undefined
        ? `Check that ${base} points to the service.`
        : `Check that ${base} points to the service, and set ${tls.caFile ?? ''} to the authorities it is trusted by.`;
    case 'certificate':
      return tls === undefined
        ? 'The service wants something of TLS that this server does not have.'
        : `Check that ${files} are those that the service knows, and current.`;
    case 'network':
      // In TLS 1.3 a certificate is refused after the handshake: the connection just ends (RFC 8446, 4.4.2.4).
      return tls === undefined
        ? `${runs}, then call again.`
        : `${runs}, and that ${files} are those that it knows, then call again.`;
    case 'connect':
    case 'refused':
      return `${runs}, then call again.`;
  }
}
