import {
  AddPersonRequest,
  ShareRequest,
  type Asker,
  type Person,
  type PersonToken,
  type Sharing,
} from '@counterpart/schemas';
import type { Hono } from 'hono';
import { z } from 'zod';
import { OWNER } from '../../kernel/audit/principal.ts';
import { askerOf } from '../asker.ts';
import { readBody } from '../read-body.ts';

/** People of the hub's organisation and what they see, as the admin API needs it. */
export interface PeopleService {
  people(): Person[];
  /** Rejects with INPUT_INVALID, PERSON_EXISTS or PERSON_LIMIT. */
  add(name: string): Promise<PersonToken>;
  /** Rejects with PERSON_UNKNOWN, as `remove`. */
  renew(name: string): Promise<PersonToken>;
  remove(name: string): Promise<void>;
  /** Rejects with SERVER_UNKNOWN or PERSON_UNKNOWN, as `unshare`; `sharing` throws the first. */
  share(server: string, whom: string): Promise<Sharing>;
  unshare(server: string, whom: string): Promise<Sharing>;
  sharing(server: string): Sharing;
}

const Nothing = z.strictObject({});

/** Routes under `/api/people`, `/api/me`, and `/api/servers/<id>/sharing`. */
export function addPeopleRoutes(app: Hono, service: PeopleService): void {
  app.get('/api/me', (c) => {
    const name = askerOf(c);
    return c.json({ name, owner: name === OWNER } satisfies Asker);
  });
  app.get('/api/people', (c) => c.json({ people: service.people() }));
  app.post('/api/people', async (c) =>
    c.json(await service.add((await readBody(c, AddPersonRequest)).name), 201),
  );
  app.post('/api/people/:name/token', async (c) => {
    await readBody(c, Nothing);
    return c.json(await service.renew(c.req.param('name')));
  });
  app.delete('/api/people/:name', async (c) => {
    await service.remove(c.req.param('name'));
    return c.json({ removed: true });
  });
  app.get('/api/servers/:id/sharing', (c) => c.json(service.sharing(c.req.param('id'))));
  app.post('/api/servers/:id/share', async (c) =>
    c.json(await service.share(c.req.param('id'), (await readBody(c, ShareRequest)).with)),
  );
  app.post('/api/servers/:id/unshare', async (c) =>
    c.json(await service.unshare(c.req.param('id'), (await readBody(c, ShareRequest)).with)),
  );
}
