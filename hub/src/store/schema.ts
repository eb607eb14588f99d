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
  /** Definitions of tools and what was decided on them; the newest approved one is what a change is shown against. */
  tool_approval: {
    server_id: string;
    tool: string;
    hash: string;
    state: 'approved' | 'awaiting' | 'rejected';
    /** What it was when it was first seen: `first` with its server, `new` or `changed` later. */
    change: 'first' | 'new' | 'changed';
    definition_json: string;
    seen_at: string;
    decided_at: string | null;
    decided_by: string | null;
  };
  /** Servers whose tools were seen: from then on a tool can be new or changed. */
  server_baseline: {
    server_id: string;
    seen_at: string;
    /** What the owner's package was then; null for a server that is none. */
    package: string | null;
  };
  /** Who decided what; rows are only ever added. */
  approval_record: {
    id: Generated<number>;
    at: string;
    server_id: string;
    /** Null: all that the server listed. */
    tool: string | null;
    hash: string | null;
    decision: string;
    decided_by: string;
  };
  /** Mirrors that somebody started; what they hold stands in the data folder. */
  mirror: {
    name: string;
    /** Null: its blueprint stands beside what it holds. */
    server_id: string | null;
    settings_json: string;
    /** Of its own; null: only below the hub's address. */
    port: number | null;
    /** 0 or 1: whether it is to run. */
    wanted: number;
    /** 0 or 1: whether its control tools are offered. */
    tools: number;
    created_at: string;
    updated_at: string;
  };
  /** Credentials, each under a key of its own which a master key outside the database wraps. */
  secret: {
    organisation: string;
    /** Empty: of no one server. */
    server_id: string;
    name: string;
    /** Of the master key. */
    key_id: string;
    /** Base64; both are empty once it is revoked. */
    wrapped_key: string;
    sealed: string;
    created_at: string;
    updated_at: string;
    revoked_at: string | null;
  };
  /** Builds from words; what they made stands in the data folder. */
  build: {
    id: string;
    state: string;
    stage: string | null;
    waits_for: string | null;
    server_id: string | null;
    problem: string | null;
    /** Counted up by every retry. */
    attempt: number;
    /** Who asked for it: a person, or `owner`. */
    principal: string;
    order_json: string;
    plan_json: string | null;
    sheet_json: string | null;
    created_at: string;
    updated_at: string;
  };
  /** What is told to models of later conversations; one line a subject. */
  memory: {
    /** Who is told: a person, `owner`, or `organisation` for those who see the server that it is about. */
    principal: string;
    kind: string;
    subject: string;
    text: string;
    created_at: string;
  };
  /** Answers of chats that stopped for a person's word on calls they want to make. */
  chat_pending: {
    id: string;
    principal: string;
    conversation: string | null;
    state: 'waiting' | 'approved' | 'rejected' | 'dropped';
    run_json: string;
    created_at: string;
    decided_at: string | null;
  };
  /** Answers of chats that are given again; `place` is a digest of all that they depend on, who asked among it. */
  chat_cache: {
    id: string;
    place: string;
    organisation: string;
    principal: string;
    model: string;
    question: string;
    literals: string;
    text: string;
    embedder: string | null;
    /** Floats of 32 bits, in base64. */
    vector: string | null;
    hits: number;
    created_at: string;
    /** Milliseconds since the epoch, as the next. */
    used_at: number;
    expires_at: number;
  };
  /** What was said, kept until its owner deletes it. */
  conversation: {
    /** Of a person's: their name, a slash, and the id that they know. */
    id: string;
    principal: string;
    title: string;
    metadata_json: string;
    branched_from: string | null;
    /** How many items the branch took over. */
    branched_at: number | null;
    /** Stands for the first `summary_items` items. */
    summary: string | null;
    summary_items: number | null;
    created_at: string;
    updated_at: string;
  };
  conversation_item: {
    id: string;
    conversation_id: string;
    /** From 0, without gaps. */
    position: number;
    item_json: string;
    created_at: string;
  };
  /** Answers of `/v1/responses`, as they are shown again. */
  response: {
    id: string;
    principal: string;
    previous_id: string | null;
    conversation_id: string | null;
    status: string;
    /** The request's own items. */
    input_json: string;
    /** What the run added, as items of a conversation. */
    items_json: string;
    /** As clients get it. */
    body_json: string;
    /** Of the last event of its stream. */
    last_sequence: number;
    created_at: string;
  };
  build_step: {
    number: Generated<number>;
    build_id: string;
    stage: string;
    round: number;
    state: string;
    started_at: string;
    ended_at: string | null;
    detail: string | null;
  };
  /** Which model was chosen for a chat, and why; what was said is not part of it. */
  route_decision: {
    number: Generated<number>;
    id: string;
    at: string;
    category: string;
    tier: string;
    model: string;
    cost_usd: number;
    body_json: string;
  };
  /** Every version of a prompt template that was seen; the newest has the highest number. */
  prompt_version: {
    number: Generated<number>;
    name: string;
    hash: string;
    /** Of the file then: its ending says how it is read. */
    file: string;
    text: string;
    seen_at: string;
  };
  /** Runs of flows, each with the flow as it was when it began. */
  flow_run: {
    id: string;
    flow: string;
    hash: string;
    state: string;
    document_text: string;
    /** Hash of each template that the flow names. */
    prompts_json: string;
    inputs_json: string;
    outputs_json: string | null;
    problem_json: string | null;
    /** Milliseconds at work, up to the last time that it rested. */
    worked_ms: number;
    started_at: string;
    ended_at: string | null;
  };
  /** What was done of a node; the whole of a node that goes through a list has item -1. */
  flow_step: {
    run_id: string;
    node: string;
    item: number;
    state: string;
    body_json: string;
  };
  event: {
    id: Generated<number>;
    at: string;
    kind: string;
    body_json: string;
  };
  /** A chain: each entry holds the hash of the one before, its own, and the hub's signature. */
  audit_entry: {
    sequence: number;
    entry_json: string;
  };
  /** People of the hub's organisation; of a token only its hash. */
  person: {
    name: string;
    token_hash: string;
    created_at: string;
    token_at: string;
  };
  /** Who sees a server of which there is any row here; of any other everybody does. */
  server_binding: {
    server_id: string;
    /** A person, `organisation` for everybody, or `owner`. */
    principal: string;
    created_at: string;
  };
  /** SQLite's own: the highest number that a table ever gave. */
  sqlite_sequence: {
    name: string;
    seq: number;
  };
}
