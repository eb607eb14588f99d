import { RotationReport, SecretChange, SecretList } from '@counterpart/schemas';
import type { SecretOwner, StoreSecretRequest } from '@counterpart/schemas';
import type { Send } from './mirror-api.ts';

/** The vault of one hub. Every method rejects with the catalogue's errors. */
export interface SecretApi {
  list(): Promise<SecretList>;
  store(name: string, request: StoreSecretRequest): Promise<SecretChange>;
  remove(name: string, owner: SecretOwner): Promise<SecretChange>;
  revoke(name: string, owner: SecretOwner): Promise<SecretChange>;
  rotate(): Promise<RotationReport>;
}

/** Talks to `/api/secrets`. */
export function createSecretApi(send: Send): SecretApi {
  const at = (name: string, verb = ''): string => `/api/secrets/${encodeURIComponent(name)}${verb}`;
  return {
    list: () => send(SecretList, 'GET', '/api/secrets'),
    store: (name, request) => send(SecretChange, 'PUT', at(name), request),
    remove: (name, owner) => send(SecretChange, 'POST', at(name, '/remove'), owner),
    revoke: (name, owner) => send(SecretChange, 'POST', at(name, '/revoke'), owner),
    rotate: () => send(RotationReport, 'POST', '/api/secrets/rotate', {}),
  };
}
