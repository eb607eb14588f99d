import { hubError, SecretName } from '@counterpart/schemas';
import type { SecretChange, SecretList, SecretOwner, ServerId } from '@counterpart/schemas';
import { z } from 'zod';
import type { Builds } from '../../builds/builds.ts';
import type { SecretRequest } from '../../builds/client/ask-client.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { wantedSecrets } from '../../fleet/member-secrets.ts';
import { PAGE_PATH } from '../../http/secrets/secret-page.ts';
import type { SecretService } from '../../http/secrets/secret-routes.ts';
import type { Clock } from '../../kernel/clock.ts';
import { didYouMean } from '../../kernel/nearest.ts';
import type { SecretPlace, Vault } from '../../kernel/ports.ts';
import { createEntryLinks } from '../../vault/entry-links.ts';
import { isVariable } from '../../vault/given-secrets.ts';

interface Desk {
  readonly vault: Vault;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly url: () => string;
  readonly builds: Builds;
}

/** What `/api/secrets` does. Servers that are given a secret get it anew when it changes; calls in flight are finished first. */
export function secretDesk(desk: Desk): SecretService {
  const { vault, fleet } = desk;
  const links = createEntryLinks(desk.clock);
  const changed = async (place: SecretPlace): Promise<SecretChange> => {
    await fleet.reconcile();
    await desk.builds.wakeAll();
    return { name: place.name, server: place.server === '' ? null : place.server };
  };
  return {
    list: () => list(desk),
    async store(name, { value, ...owner }) {
      const place = storePlace(name, owner, fleet);
      await vault.store(place, value);
      return changed(place);
    },
    async remove(name, owner) {
      const place = await storedPlace(name, owner, vault);
      await vault.delete(place);
      return changed(place);
    },
    async revoke(name, owner) {
      const place = await storedPlace(name, owner, vault);
      await vault.revoke(place);
      return changed(place);
    },
    rotate: () => vault.rotate(),
    openPage(name, owner) {
      const { id, key, place, expiresAt } = links.issue(storePlace(name, owner, fleet));
      return {
        id,
        url: `${desk.url()}${PAGE_PATH}${key}`,
        name,
        server: place.server === '' ? null : place.server,
        expiresAt: new Date(expiresAt).toISOString(),
      };
    },
    pageState: (id) => ({ state: links.state(id) }),
    pages: {
      find(key) {
        const link = links.find(key);
        return link && { ...link.place, formKey: link.formKey };
      },
      async store(key, formKey, value) {
        const link = links.find(key);
        // Taken out of use first: of two forms at the same time one is stored.
        if (!link || !links.use(link, formKey)) return false;
        let stored = false;
        try {
          await vault.store(link.place, value);
          stored = true;
          await changed(link.place);
        } finally {
          links.settle(link, stored);
        }
        return true;
      },
    },
  };
}

/** A page for each secret that a server has no value for. */
export function pagesFor(server: ServerId, fleet: Fleet, secrets: SecretService): SecretRequest[] {
  const member = fleet.members.get(server);
  if (member === undefined) return [];
  const { origin } = member.desired;
  const slots =
    origin.kind === 'built' ? [...origin.found.manifest.secrets, ...origin.found.manifest.config] : [];
  return [...member.missingSecrets].map((name) => {
    const { url, expiresAt } = secrets.openPage(name, { server });
    const { description } = slots.find((slot) => slot.name === name) ?? {};
    return { name, url, expiresAt, ...(description === undefined ? {} : { description }) };
  });
}

/** Ids of the servers whose manifest or configuration asks for this name. */
const askers = (fleet: Fleet, name: string): string[] =>
  [...fleet.members]
    .filter(([, { desired }]) => wantedSecrets(desired.origin).includes(name))
    .map(([id]) => id);

async function list({ vault, fleet }: Desk): Promise<SecretList> {
  const secrets = (await vault.list())
    .filter(({ name }) => isVariable(name))
    .map(({ server, revokedAt, ...record }) => ({
      ...record,
      server: server === '' ? null : server,
      ...(revokedAt === undefined ? {} : { revokedAt }),
      usedBy: server === '' ? askers(fleet, record.name) : fleet.members.has(server) ? [server] : [],
    }));
  const missing = [...fleet.members].flatMap(([server, { missingSecrets }]) =>
    missingSecrets.map((name) => ({ name, server })),
  );
  return { secrets, missing };
}

/** Where a new secret goes: to the server that is named, else to the only one that asks for it, else to all that do. */
function storePlace(name: string, { server, shared }: SecretOwner, fleet: Fleet): SecretPlace {
  const parsed = SecretName.safeParse(name);
  if (!parsed.success)
    throw hubError('INPUT_INVALID', { subject: 'name', detail: z.prettifyError(parsed.error) });
  if (server !== undefined && shared === true)
    throw hubError('INPUT_INVALID', { subject: name, detail: 'it is of one server, or shared: choose one' });
  if (server !== undefined) {
    if (!fleet.members.has(server) && !fleet.problems.has(server)) fleet.get(server);
    return { server, name };
  }
  const [only, ...others] = askers(fleet, name);
  return { server: shared !== true && only !== undefined && others.length === 0 ? only : '', name };
}

/** A secret that is stored. Rejects with SECRET_UNKNOWN, or INPUT_INVALID when several have this name. */
async function storedPlace(
  name: string,
  { server, shared }: SecretOwner,
  vault: Vault,
): Promise<SecretPlace> {
  const all = (await vault.list()).filter((record) => isVariable(record.name));
  const wanted = shared === true ? '' : server;
  const found = all.filter(
    (record) => record.name === name && (wanted === undefined || record.server === wanted),
  );
  const [one, ...others] = found;
  if (one === undefined) {
    const secret = server === undefined ? name : `${name} of ${server}`;
    const names = all.map((record) => record.name).filter((known) => known !== name);
    throw hubError('SECRET_UNKNOWN', { secret, suggestion: didYouMean(name, names) });
  }
  if (others.length === 0) return { server: one.server, name };
  const owners = found.map((record) => (record.server === '' ? 'all (--shared)' : record.server)).join(', ');
  throw hubError('INPUT_INVALID', {
    subject: name,
    detail: `secrets of this name are stored for ${owners}; say which with --server or --shared`,
  });
}
