import type { Generated } from 'kysely';

/** Tables of the hub's database. Times are ISO 8601 in UTC; `*_json` columns hold JSON text. */
export interface Tables {
  server: {
    id: string;
    kind: 'built' | 'command' | 'remote';
    /** 0 or 1: what the owner decided with `hub enable` and `hub disable`. */
    enabled: number;
    version: string | null;
    content_hash: string | null;
    installed_at: string;
    updated_at: string;
    /** Set when the server left; the row stays as history. */
    removed_at: string | null;
  };
  server_version: {
    server_id: string;
    version: string;
    content_hash: string;
    installed_at: string;
  };
  /** What a server last said of itself, so that its tools are listed before it runs again. */
  server_snapshot: {
    server_id: string;
    /** Of the configuration it was taken under; another one makes it worthless. */
    config_hash: string;
    taken_at: string;
    lists_json: string;
    info_json: string | null;
  };
  server_health: {
    id: Generated<number>;
    server_id: string;
    at: string;
    state: string;
    detail: string | null;
  };
  event: {
    id: Generated<number>;
    at: string;
    kind: string;
    body_json: string;
  };
}
