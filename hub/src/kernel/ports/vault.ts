/** Where a secret belongs. A record only opens in the place it was sealed for. */
export interface SecretPlace {
  /** The server it is given to; empty: any server whose configuration refers to it. */
  readonly server: string;
  readonly name: string;
}

/** What may be told of a secret: everything but its value. */
export interface SecretRecord extends SecretPlace {
  /** Id of the master key that its own key is wrapped with. */
  readonly keyId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Since when it is revoked: its value is gone, and nothing else stands in for it. */
  readonly revokedAt: string | undefined;
}

/** The encrypted store of credentials. Its errors name places, never values. */
export interface Vault {
  /** Rejects with DATA_UNWRITABLE or VAULT_KEY_INVALID, and has then kept what was there. */
  store(place: SecretPlace, value: string): Promise<void>;
  /** Undefined: there is none. Rejects with SECRET_REVOKED, VAULT_RECORD_DAMAGED or VAULT_KEY_INVALID. */
  retrieve(place: SecretPlace): Promise<string | undefined>;
  has(place: SecretPlace): Promise<boolean>;
  /** Whether there was one. Needs no key. */
  delete(place: SecretPlace): Promise<boolean>;
  /** Destroys the value and keeps the name as revoked. Whether there was one. */
  revoke(place: SecretPlace): Promise<boolean>;
  /** By server and name. */
  list(): Promise<SecretRecord[]>;
  /** Wraps every record with a new master key; a crash at any point loses nothing. */
  rotate(): Promise<{ readonly keyId: string; readonly records: number }>;
}
