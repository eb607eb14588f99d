import { type CounterpartError, hubError, toCounterpartError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import type { Grants } from './grants.ts';
import type { ClientIdentity } from './protocol.ts';
import type { SignIn } from './sign-in.ts';

export interface LoginRequest {
  readonly server: string;
  readonly signIn: SignIn;
  readonly client: ClientIdentity;
  /** Instead of the description's. */
  readonly scopes?: readonly string[] | undefined;
  /** Which way; default: the browser's where the service has it. */
  readonly flow?: 'code' | 'device' | undefined;
  /** Port of the redirect address, where the service wants it registered. */
  readonly port?: number | undefined;
}

/** What the person does next. */
export type LoginStep =
  | { readonly kind: 'code'; readonly url: string; readonly redirectUri: string }
  | {
      readonly kind: 'device';
      readonly userCode: string;
      readonly verificationUrl: string;
      readonly completeUrl?: string;
      readonly expiresInSeconds: number;
    };

export type LoginState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'done'; readonly scopes: readonly string[] }
  | { readonly kind: 'failed'; readonly error: CounterpartError };

/** Sign-ins that are under way. */
export interface Logins {
  /** Ends an earlier one for the same. Rejects with SIGN_IN_UNAVAILABLE, SIGN_IN_FAILED or PORT_TAKEN. */
  begin(request: LoginRequest): Promise<{ readonly id: string; readonly step: LoginStep }>;
  /** After at most `waitMs`. Rejects with SIGN_IN_UNKNOWN. */
  state(id: string, waitMs: number): Promise<LoginState>;
  close(): void;
}

interface Login {
  /** Server and scheme. */
  readonly subject: string;
  state: LoginState;
  readonly settled: Promise<void>;
  readonly stop: AbortController;
}

/** A person may look for a password meanwhile; nothing listens longer than this. */
const LONGEST_LOGIN_MS = 600_000;
/** More at once nobody begins by hand. */
const MOST_LOGINS = 20;

/** What sign-ins need. */
export interface LoginsOptions {
  readonly grants: Grants;
  readonly clock: Clock;
  /** Called once a grant is stored. */
  readonly signedIn: () => Promise<void>;
}

/** Begins sign-ins and brings their tokens into the vault. */
export function createLogins(options: LoginsOptions): Logins {
  const logins = new Map<string, Login>();
  return {
    async begin(request) {
      if (logins.size >= MOST_LOGINS)
        throw hubError('SIGN_IN_FAILED', {
          server: request.server,
          detail: 'too many sign-ins are under way',
        });
      const subject = JSON.stringify([request.server, request.signIn.scheme]);
      for (const other of logins.values())
        if (other.subject === subject) other.stop.abort(new Error('another sign-in took its place'));
      const stop = new AbortController();
      const cancel = options.clock.after(LONGEST_LOGIN_MS, () =>
        stop.abort(new Error('nobody came back within ten minutes')),
      );
      // The library is loaded by the first sign-in, not by every start of a hub.
      const { startLogin } = await import('./start-login.ts');
      const { step, finished } = await startLogin(request, { ...options, stop }).catch((error: unknown) => {
        cancel();
        throw error;
      });
      const id = newId();
      const login: Login = {
        subject,
        state: { kind: 'waiting' },
        stop,
        settled: finished.then(
          (scopes) => void (login.state = { kind: 'done', scopes }),
          (thrown: unknown) => void (login.state = { kind: 'failed', error: toCounterpartError(thrown) }),
        ),
      };
      logins.set(id, login);
      void login.settled.finally(cancel);
      // Its outcome is there for whoever began it, and then forgotten.
      void login.settled.then(() => options.clock.after(LONGEST_LOGIN_MS, () => logins.delete(id)));
      return { id, step };
    },
    async state(id, waitMs) {
      const login = logins.get(id);
      if (login === undefined) throw hubError('SIGN_IN_UNKNOWN', { id });
      let wake: () => void = () => undefined;
      const late = new Promise<void>((resolve) => (wake = resolve));
      const cancel = options.clock.after(waitMs, wake);
      await Promise.race([login.settled, late]);
      cancel();
      return login.state;
    },
    close() {
      for (const { stop } of logins.values()) stop.abort(new Error('the hub stops'));
    },
  };
}
