import { errorCatalogue, HarFile, hubError } from '@counterpart/schemas';
import { ApprovalList, DecideResponse, ProposalList } from '@counterpart/schemas/hub/approval';
import { ReviewLink } from '@counterpart/schemas/builds/review';
import {
  HubStatus,
  Problem,
  RecordingState,
  ServerDetail,
  ServerSummary,
  ToolEntry,
} from '@counterpart/schemas/hub/api';
import type {
  CounterpartError,
  DecideRequest,
  ErrorCode,
  JsonObject,
  OpenReviewRequest,
  PendingTool,
  Proposal,
  ServerEntry,
} from '@counterpart/schemas';
import { z } from 'zod';
import { CLI_AGENT } from '../../kernel/audit/actor.ts';
import type { BuildService } from '../../kernel/ports.ts';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import type { HubAddress } from './hub-address.ts';
import {
  createAuditApi,
  createPeopleApi,
  createPermissionApi,
  type AuditApi,
  type PeopleApi,
  type PermissionApi,
} from './rooms/oversight-api.ts';
import { createBuildApi } from './rooms/build-api.ts';
import { createChatApi, type ChatApi } from './rooms/chat-api.ts';
import { createConversationApi, type ConversationApi } from './rooms/conversation-api.ts';
import { createDriftApi, type DriftApi } from './rooms/drift-api.ts';
import { createFlowApi, createPromptApi, type FlowApi, type PromptApi } from './rooms/flow-api.ts';
import { createHookApi, type HookApi } from './rooms/hook-api.ts';
import { createMirrorApi, type MirrorApi, type Send } from './rooms/mirror-api.ts';
import { createProviderApi, type ProviderApi } from './rooms/provider-api.ts';
import { createSecretApi, type SecretApi } from './rooms/secret-api.ts';
import { createRoutingApi, type RoutingApi } from './rooms/routing-api.ts';
import { createSignInApi, type SignInApi } from './rooms/sign-in-api.ts';
import { readServerLists, type ServerLists } from './server-listing.ts';

/** The admin API of one hub. Every method rejects with the catalogue's errors. */
export interface HubApi {
  readonly url: string;
  status(): Promise<HubStatus>;
  servers(): Promise<ServerSummary[]>;
  server(id: string): Promise<ServerDetail>;
  tools(server?: string): Promise<ToolEntry[]>;
  /** What a server lists, by its own names. */
  lists(server: string): Promise<ServerLists>;
  call(request: {
    readonly tool: string;
    readonly arguments: JsonObject;
    readonly timeoutMs?: number;
  }): Promise<CallResult>;
  add(request: {
    readonly name: string;
    readonly entry: ServerEntry;
    readonly replace: boolean;
  }): Promise<ServerSummary>;
  remove(id: string): Promise<void>;
  /** What was removed for good, in words. */
  purge(id: string): Promise<string[]>;
  change(id: string, verb: 'enable' | 'disable' | 'restart'): Promise<ServerSummary>;
  target(id: string, target: 'live' | 'mirror'): Promise<ServerSummary>;
  /** Begins or ends the recording of what a server asks. */
  record(id: string, action: 'start' | 'stop'): Promise<RecordingState>;
  /** What was recorded, as a HAR file. */
  recording(id: string): Promise<HarFile>;
  logs(options: { readonly server?: string | undefined; readonly lines: number }): Promise<string[]>;
  pendingTools(): Promise<PendingTool[]>;
  proposals(server: string): Promise<Proposal[]>;
  decide(server: string, word: z.input<typeof DecideRequest>): Promise<DecideResponse>;
  /** Issues the address of a page on which its owner decides. */
  review(what: OpenReviewRequest): Promise<ReviewLink>;
  readonly audit: AuditApi;
  readonly people: PeopleApi;
  readonly permissions: PermissionApi;
  readonly mirrors: MirrorApi;
  readonly builds: BuildService;
  readonly chat: ChatApi;
  readonly secrets: SecretApi;
  readonly providers: ProviderApi;
  readonly hooks: HookApi;
  readonly conversations: ConversationApi;
  readonly drift: DriftApi;
  readonly signIns: SignInApi;
  readonly routing: RoutingApi;
  readonly prompts: PromptApi;
  readonly flows: FlowApi;
  /** Reads configuration and servers folder again; resolves when the servers are in line with them. */
  reload(): Promise<void>;
  shutdown(): Promise<void>;
}

const CallResult = z.looseObject({ isError: z.boolean().optional() });
export type CallResult = z.infer<typeof CallResult>;

/** What each room is asked by. */
const roomApis = (address: HubAddress, send: Send) => ({
  audit: createAuditApi(send),
  people: createPeopleApi(send),
  permissions: createPermissionApi(send),
  mirrors: createMirrorApi(send),
  builds: createBuildApi(send),
  chat: createChatApi(address, send),
  secrets: createSecretApi(send),
  providers: createProviderApi(send),
  hooks: createHookApi(send),
  conversations: createConversationApi(send),
  drift: createDriftApi(send),
  signIns: createSignInApi(send),
  routing: createRoutingApi(send),
  prompts: createPromptApi(send),
  flows: createFlowApi(send),
});

type Parse = (text: string) => unknown;

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly parse: Parse;
}

/** Talks to a hub over HTTP; `signal` ends whatever is under way. */
export function createHubApi({ url, token }: HubAddress, signal: AbortSignal): HubApi {
  const authorization = `Bearer ${token}`;
  const ask = async <T>(schema: z.ZodType<T>, { method, path, body, parse }: Question): Promise<T> => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? null : JSON.stringify(body);
    const response = await reach(url, path, {
      method,
      headers: { authorization, 'user-agent': CLI_AGENT, ...type },
      body: text,
      signal,
    });
    return readAnswer(schema, response, { subject: `${method} ${url}${path}`, path, parse });
  };
  const send: Send = (schema, method, path, body) => ask(schema, { method, path, body, parse: JSON.parse });
  const at = (id: string, verb = '') => `/api/servers/${encodeURIComponent(id)}${verb}`;
  const servers = z.object({ servers: z.array(ServerSummary) });
  const tools = z.object({ tools: z.array(ToolEntry) });
  const done = z.unknown();
  return {
    url,
    status: () => send(HubStatus, 'GET', '/api/status'),
    servers: async () => (await send(servers, 'GET', '/api/servers')).servers,
    server: (id) => send(ServerDetail, 'GET', at(id)),
    tools: async (server) => {
      const query = server === undefined ? '' : `?server=${encodeURIComponent(server)}`;
      return (await send(tools, 'GET', `/api/tools${query}`)).tools;
    },
    lists: (server) => readServerLists({ url, token }, server, signal),
    // Its result is only written again.
    call: (body) => ask(CallResult, { method: 'POST', path: '/api/call', body, parse: parseExact }),
    add: (request) => send(ServerSummary, 'POST', '/api/servers', request),
    remove: async (id) => void (await send(done, 'DELETE', at(id))),
    purge: async (id) =>
      (await send(z.object({ removed: z.array(z.string()) }), 'POST', at(id, '/purge'), {})).removed,
    change: (id, verb) => send(ServerSummary, 'POST', at(id, `/${verb}`), {}),
    record: (id, action) => send(RecordingState, 'POST', at(id, '/recording'), { action }),
    recording: (id) => send(HarFile, 'GET', at(id, '/recording')),
    target: (id, target) => send(ServerSummary, 'POST', at(id, '/target'), { target }),
    logs: async ({ server, lines }) => {
      const query = new URLSearchParams({
        lines: String(lines),
        ...(server === undefined ? {} : { server }),
      });
      return (await send(z.object({ lines: z.array(z.string()) }), 'GET', `/api/logs?${query.toString()}`))
        .lines;
    },
    pendingTools: async () => (await send(ApprovalList, 'GET', '/api/approvals')).pending,
    proposals: async (server) =>
      (await send(ProposalList, 'GET', `/api/approvals/${encodeURIComponent(server)}`)).proposals,
    decide: (server, word) =>
      send(DecideResponse, 'POST', `/api/approvals/${encodeURIComponent(server)}`, word),
    review: (what) => send(ReviewLink, 'POST', '/api/reviews', what),
    ...roomApis({ url, token }, send),
    reload: async () => void (await send(done, 'POST', '/api/reload', {})),
    shutdown: async () => void (await send(done, 'POST', '/api/shutdown', {})),
  };
}

/** What a hub said, to its end. */
interface Answered {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

async function reach(
  url: string,
  path: string,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Answered> {
  try {
    const response = await fetch(url + path, init);
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (cause) {
    throw lost(url, cause, init.signal);
  }
}

/** HUB_LOST; an abort stays what it is. */
function lost(url: string, cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return cause;
  const detail = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return hubError('HUB_LOST', { url, detail }, { cause });
}

function readAnswer<T>(
  schema: z.ZodType<T>,
  response: Answered,
  { subject, path, parse }: { readonly subject: string; readonly path: string; readonly parse: Parse },
): T {
  let body: unknown;
  try {
    body = parse(response.text);
  } catch {
    throw hubError('INTERNAL', {
      detail: `${subject} answered ${response.status} with something that is not JSON`,
    });
  }
  const problem = response.ok ? undefined : Problem.safeParse(body).data;
  if (problem) throw problemError(inCommand(problem, path));
  const parsed = schema.safeParse(body);
  if (!parsed.success || !response.ok)
    throw hubError('INTERNAL', {
      detail: `${subject} answered ${response.status} with an unexpected body; restart the hub if it was updated (${parsed.error?.issues[0]?.message ?? 'no problem given'})`,
    });
  return parsed.data;
}

/** What is wrong with a request is wrong with the command that made it: whoever typed that knows of no address. */
function inCommand(problem: Problem, path: string): Problem {
  const isAddress = problem.params?.['subject'] === path.split('?', 1)[0];
  return isAddress ? { ...problem, params: { ...problem.params, subject: 'this command' } } : problem;
}

const isErrorCode = (code: string): code is ErrorCode => code in errorCatalogue;

const ErrorParams = z.record(z.string(), z.union([z.string(), z.number()]));

/** The error that a problem was made from, so that it prints and exits as if it had happened here. */
export function problemError(problem: Problem): CounterpartError {
  const params = ErrorParams.safeParse(problem.params ?? {}).data ?? {};
  return isErrorCode(problem.code)
    ? hubError(problem.code, params)
    : hubError('INTERNAL', { detail: problem.detail });
}
