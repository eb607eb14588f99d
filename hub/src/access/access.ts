import { hubError, PersonName, type Person, type PersonToken, type Sharing } from '@counterpart/schemas';
import { EVERYBODY, OWNER } from '../kernel/audit/principal.ts';
import type { Clock } from '../kernel/clock.ts';
import type { AuditAct, AuditTrail } from '../kernel/ports.ts';
import type { Db } from '../store/store.ts';
import { openBindings, type Bindings } from './bindings.ts';
import { openPeople, type People } from './people.ts';

/** What others are told of people and what is theirs. */
export interface AccessNews {
  /** Somebody sees other servers than before. */
  readonly sight?: () => void;
  /** What a person has open was opened with a token that is worth nothing any more. */
  readonly revoked?: (name: string) => void;
  /** A person is gone: what was remembered for them is to be forgotten. Awaited before they are removed. */
  readonly leaving?: (name: string) => Promise<void>;
}

/** Who asks, and what they see. */
export interface Access {
  /** Whose token this is; undefined: nobody's. */
  identify(token: string): string | undefined;
  isKnown(principal: string): boolean;
  /** How many people there are beside the owner. */
  readonly count: number;
  people(): Person[];
  add(name: string): Promise<PersonToken>;
  renew(name: string): Promise<PersonToken>;
  remove(name: string): Promise<void>;
  /** Servers that are hidden from somebody; undefined for nobody we know. The same object for all who see the same. */
  hiddenFrom(principal: string): ReadonlySet<string> | undefined;
  sees(principal: string, server: string): boolean;
  /** Whether anything is said of whose a server is. */
  isBound(server: string): boolean;
  /** Whether a server is this person's, or was shared with them by name. */
  isTheirs(server: string, principal: string): boolean;
  sharing(server: string): Sharing;
  /** With a person, or with everybody. Rejects with PERSON_UNKNOWN. */
  share(server: string, whom: string): Promise<Sharing>;
  unshare(server: string, whom: string): Promise<Sharing>;
  /** A server that is about to come is theirs who asked for it. */
  bind(server: string, principal: string): Promise<void>;
  /** A server is gone for good. */
  forget(server: string): Promise<void>;
  subscribe(news: AccessNews): () => void;
}

interface AccessOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  /** Keeps a token out of logs. */
  readonly conceal: (token: string) => void;
}

/** Opens people and bindings of a hub; what is decided on them is entered in the audit log. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  return new HubAccess(options, await openPeople(options), await openBindings(options));
}

class HubAccess implements Access {
  readonly #options: AccessOptions;
  readonly #people: People;
  readonly #bindings: Bindings;
  readonly #listeners = new Set<AccessNews>();

  constructor(options: AccessOptions, people: People, bindings: Bindings) {
    this.#options = options;
    this.#people = people;
    this.#bindings = bindings;
  }

  identify(token: string): string | undefined {
    return this.#people.identify(token);
  }

  isKnown(principal: string): boolean {
    return principal === OWNER || this.#people.has(principal);
  }

  get count(): number {
    return this.#people.list().length;
  }

  people(): Person[] {
    return this.#people.list().map(({ name, createdAt, tokenAt }) => ({
      name,
      createdAt,
      tokenAt,
      servers: this.#bindings.naming(name).toSorted(),
    }));
  }

  async add(name: string): Promise<PersonToken> {
    return this.#shown(await this.#acting('person.add', name, () => this.#people.add(name)));
  }

  async renew(name: string): Promise<PersonToken> {
    const made = await this.#acting('person.token', name, () => this.#people.renew(name));
    for (const { revoked } of this.#listeners) revoked?.(name);
    return this.#shown(made);
  }

  async remove(name: string): Promise<void> {
    this.#known(name);
    await this.#acting('person.remove', name, async () => {
      // First of all their token is worth nothing. Killed in between, the name stands with what is left of it, and is
      // removed again: it is never free for somebody else while anything is theirs.
      await this.#people.renew(name);
      for (const { leaving } of this.#listeners) await leaving?.(name);
      await this.#bindings.leave(name);
      await this.#people.remove(name);
    });
    for (const { revoked, sight } of this.#listeners) {
      revoked?.(name);
      sight?.();
    }
  }

  hiddenFrom(principal: string): ReadonlySet<string> | undefined {
    return this.#people.has(principal) ? this.#bindings.hiddenFrom(principal) : undefined;
  }

  sees(principal: string, server: string): boolean {
    return principal === OWNER || this.hiddenFrom(principal)?.has(server) === false;
  }

  isBound(server: string): boolean {
    return this.#bindings.of(server) !== undefined;
  }

  isTheirs(server: string, principal: string): boolean {
    return this.#bindings.of(server)?.has(principal) === true;
  }

  sharing(server: string): Sharing {
    const bound = this.#bindings.of(server);
    const isEverybodys = bound === undefined || bound.has(EVERYBODY);
    const names = [...(bound ?? [])].filter((name) => name !== OWNER).toSorted();
    return { server, seenBy: isEverybodys ? EVERYBODY : names };
  }

  async share(server: string, whom: string): Promise<Sharing> {
    if (whom !== EVERYBODY) this.#known(whom);
    const isEverybodys = this.#bindings.of(server) === undefined;
    const facts = { with: whom };
    await this.#acting(
      'server.share',
      server,
      async () => {
        // What nothing is said of is everybody's: naming one must not take it from the others.
        if (isEverybodys) await this.#bindings.bind(server, EVERYBODY);
        await this.#bindings.bind(server, whom);
      },
      facts,
    );
    return this.#changed(server);
  }

  async unshare(server: string, whom: string): Promise<Sharing> {
    if (whom !== EVERYBODY) this.#known(whom);
    await this.#acting('server.unshare', server, () => this.#bindings.unbind(server, whom), { with: whom });
    return this.#changed(server);
  }

  async bind(server: string, principal: string): Promise<void> {
    if (this.isTheirs(server, principal)) return;
    await this.#acting('server.share', server, () => this.#bindings.bind(server, principal), {
      with: principal,
    });
    this.#changed(server);
  }

  async forget(server: string): Promise<void> {
    await this.#bindings.forget(server);
    this.#changed(server);
  }

  subscribe(news: AccessNews): () => void {
    this.#listeners.add(news);
    return () => void this.#listeners.delete(news);
  }

  #known(name: string): void {
    if (!PersonName.safeParse(name).success || !this.#people.has(name))
      throw hubError('PERSON_UNKNOWN', { person: name.slice(0, 100) });
  }

  #shown(made: PersonToken): PersonToken {
    this.#options.conceal(made.token);
    return made;
  }

  #changed(server: string): Sharing {
    for (const { sight } of this.#listeners) sight?.();
    return this.sharing(server);
  }

  #acting<T>(
    action: 'person.add' | 'person.token' | 'person.remove' | 'server.share' | 'server.unshare',
    subject: string,
    work: () => Promise<T>,
    facts?: AuditAct['facts'],
  ): Promise<T> {
    return this.#options.audit.acting({ action, subject, ...(facts ? { facts } : {}) }, work);
  }
}
