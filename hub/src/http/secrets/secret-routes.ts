import { type RotationReport, type SecretChange, type SecretList, SecretOwner } from '@counterpart/schemas';
import { type SecretPage, type SecretPageState, StoreSecretRequest } from '@counterpart/schemas';
import type { Hono } from 'hono';
import { z } from 'zod';
import { addSecretPage, type SecretPages } from './secret-page.ts';
import { readBody } from '../read-body.ts';

/** The hub's vault, as the admin API needs it. No answer holds a value. */
export interface SecretService {
  list(): Promise<SecretList>;
  store(name: string, request: StoreSecretRequest): Promise<SecretChange>;
  remove(name: string, owner: SecretOwner): Promise<SecretChange>;
  revoke(name: string, owner: SecretOwner): Promise<SecretChange>;
  rotate(): Promise<RotationReport>;
  /** Begins a page on which the value can be typed. */
  openPage(name: string, owner: SecretOwner): SecretPage;
  pageState(id: string): SecretPageState;
  readonly pages: SecretPages;
}

const Rotate = z.strictObject({});

/** Routes under `/api/secrets`. */
export function addSecretRoutes(app: Hono, secrets: SecretService): void {
  app.get('/api/secrets', async (c) => c.json(await secrets.list()));
  app.put('/api/secrets/:name', async (c) =>
    c.json(await secrets.store(c.req.param('name'), await readBody(c, StoreSecretRequest))),
  );
  app.post('/api/secrets/:name/remove', async (c) =>
    c.json(await secrets.remove(c.req.param('name'), await readBody(c, SecretOwner))),
  );
  app.post('/api/secrets/:name/revoke', async (c) =>
    c.json(await secrets.revoke(c.req.param('name'), await readBody(c, SecretOwner))),
  );
  app.post('/api/secrets/:name/page', async (c) =>
    c.json(secrets.openPage(c.req.param('name'), await readBody(c, SecretOwner)), 201),
  );
  app.get('/api/secrets/pages/:id', (c) => c.json(secrets.pageState(c.req.param('id'))));
  addSecretPage(app, secrets.pages);
  app.post('/api/secrets/rotate', async (c) => {
    await readBody(c, Rotate);
    return c.json(await secrets.rotate());
  });
}
