import { RotationReport, SecretChange, SecretList, SecretPage, SecretPageState } from '@counterpart/schemas';
import type { SecretOwner, StoreSecretRequest } from '@counterpart/schemas';
import type { Send } from './mirror-api.ts';

/** The vault of one hub. Every method rejects with the catalogue's errors. */
export interface SecretApi {
  list(): Promise<SecretList>;
  store(name: string, request: StoreSecretRequest): Promise<SecretChange>;
  remove(name: string, owner: SecretOwner): Promise<SecretChange>;
  revoke(name: string, owner: SecretOwner): Promise<SecretChange>;
  rotate(): Promise<RotationReport>;
  openPage(name: string, owner: SecretOwner): Promise<SecretPage>;
  pageState(id: string): Promise<SecretPageState>;
}

/** Talks to `/api/secrets`. */
export function createSecretApi(send: Send): SecretApi {
  const at = (name: string, verb = ''): string => `/api/secrets/${encodeURIComponent(name)}${verb}`;
  return {
    list: () => send(SecretList, 'GET', '/api/secrets'),
    store: (name, request) => send(SecretChange, 'PUT', at(name), request),
    remove: (name, owner) => send(SecretChange, 'POST', at(name, '/remove'), owner),
    revoke: (name, owner) => send(SecretChange, 'POST', at(name, '/revoke'), owner),
    openPage: (name, owner) => send(SecretPage, 'POST', at(name, '/page'), owner),
    pageState: (id) => send(SecretPageState, 'GET', `/api/secrets/pages/${id}`),
    rotate: () => send(RotationReport, 'POST', '/api/secrets/rotate', {}),
  };
}
