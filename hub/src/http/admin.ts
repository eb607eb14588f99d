import { hubError, toCounterpartError } from '@counterpart/schemas';
import { DecideRequest } from '@counterpart/schemas/hub/approval';
import { AddServerRequest, CallRequest } from '@counterpart/schemas/hub/api';
import type {
  DecideResponse,
  HubEvent,
  HubStatus,
  PendingTool,
  ProposalList,
  ServerDetail,
  ServerSummary,
  ToolEntry,
} from '@counterpart/schemas';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { actAs, CLI_AGENT } from '../kernel/audit/actor.ts';
import type { Logger } from '../kernel/log.ts';
import { parseExact } from '../kernel/protocol/exact-numbers.ts';
import { membersOf } from '../kernel/protocol/members.ts';
import { callerOf, newTrace } from '../kernel/protocol/trace.ts';
import { addDriftRoutes, type DriftService } from './routes/drift-routes.ts';
import { addFlowRoutes, type FlowService } from './routes/flow-routes.ts';
import { addHookRoutes, HOOKS_PATH, type HookService } from './routes/hook-routes.ts';
import { addConversationRoutes, type ConversationService } from './routes/conversation-routes.ts';
import { addChatRoutes, type ChatService } from './routes/chat-routes.ts';
import type { BuildService, JsonMembers } from '../kernel/ports.ts';
import { addAuditRoutes, type AuditService } from './oversight/audit-routes.ts';
import { askerOf, onlyTheirs } from './asker.ts';
import { addPeopleRoutes, type PeopleService } from './oversight/people-routes.ts';
import { addPermissionRoutes, type PermissionService } from './oversight/permission-routes.ts';
import { addReviewRoutes } from './review/review-routes.ts';
import type { ReviewService } from './review/review-service.ts';
import { addBuildRoutes } from './routes/build-routes.ts';
import { addMirrorRoutes, type MirrorService } from './routes/mirror-routes.ts';
import { addRecordingRoutes, type RecordingService } from './routes/recording-routes.ts';
import { addRoutingRoutes, type RoutingService } from './routes/routing-routes.ts';
import { addSettingsRoutes, type SettingsService } from './routes/settings-routes.ts';
import { addSignInRoutes, type SignInService } from './secrets/sign-in-routes.ts';
import { addProviderRoutes, type ProviderService } from './routes/provider-routes.ts';
import { onlyKnownQuery, queryOf } from './routes/query.ts';
import { addSecretRoutes, type SecretService } from './secrets/secret-routes.ts';
import { noRoute } from './no-route.ts';
import { addFrontPage } from './pages/front-page.ts';
import { problem } from './problem.ts';
import { readBody as body } from './read-body.ts';
import { addToolRoutes } from './tools/tool-routes.ts';
import type { Health } from './health.ts';
import type { ToolTwin } from './tools/tool-twin.ts';

/** A call with its arguments as they came. */
export type GivenCall = Omit<CallRequest, 'arguments'> & { readonly arguments: JsonMembers };

/** What the admin API does, as the composition root implements it. Unknown servers and tools reject with the catalogue's errors. */
export interface AdminService extends Health {
  status(): Promise<HubStatus>;
  /** Those that a principal sees, as `tools`. */
  servers(principal?: string): Promise<ServerSummary[]>;
  server(id: string): Promise<ServerDetail>;
  tools(server: string | undefined, principal?: string): ToolEntry[];
  call(request: GivenCall, signal: AbortSignal, principal?: string): Promise<Record<string, unknown>>;
  add(request: AddServerRequest): Promise<ServerSummary>;
  /** Its versions and secrets are kept. */
  remove(id: string): Promise<{ undo: string }>;
  /** Removes a server and all that is kept of it; what that was, in words. */
  purge(id: string): Promise<{ removed: string[] }>;
  setEnabled(id: string, enabled: boolean): Promise<ServerSummary>;
  setTarget(id: string, target: 'live' | 'mirror'): Promise<ServerSummary>;
  restart(id: string): Promise<ServerSummary>;
  reload(id?: string): Promise<void>;
  logs(options: { server: string | undefined; lines: number }): string[];
  eventsSince(id: number): Promise<HubEvent[]>;
  followEvents(listener: (event: HubEvent) => void): () => void;
  /** Tools of all servers that are left out until somebody decides. */
  pendingTools(): PendingTool[];
  /** The same of one server, with all that is needed to decide. */
  proposals(id: string): Promise<ProposalList>;
  /** Rejects with APPROVAL_OUTDATED when a definition is not the one at hand. */
  decide(id: string, word: DecideRequest): Promise<DecideResponse>;
  readonly audit: AuditService;
  readonly mirrors: MirrorService;
  /** Those of the owner, who has all, or of a person. */
  buildsOf(principal: string): BuildService;
  readonly hooks: HookService;
  conversationsOf(principal: string): Promise<ConversationService>;
  readonly settings: SettingsService;
  readonly people: PeopleService;
  readonly permissions: PermissionService;
  readonly reviews: ReviewService;
  readonly drift: DriftService;
  readonly secrets: SecretService;
  readonly providers: ProviderService;
  readonly signIns: SignInService;
  routing(): Promise<RoutingService>;
  readonly chats: ChatService;
  readonly flows: FlowService;
  readonly recordings: RecordingService;
  shutdown(): void;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Descriptions and recordings come whole. */
const MAX_MIRROR_BYTES = 256 * 1024 * 1024;
const Target = z.strictObject({ target: z.enum(['live', 'mirror']) });

/** The admin API under `/api`, the REST twin of all tools, and `/adapters`. Authentication happened before a request comes here. */
export function createAdminApp(service: AdminService, twin: ToolTwin, log: Logger): Hono {
  const app = new Hono();
  const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });
  const largeLimit = bodyLimit({ maxSize: MAX_MIRROR_BYTES, onError: tooLarge });
  app.use((c, next) => {
    // Hooks have a limit of their own.
    if (c.req.path.startsWith(HOOKS_PATH)) return next();
    return (c.req.path.startsWith('/api/mirrors') ? largeLimit : limit)(c, next);
  });
  app.use(onlyTheirs);
  app.use('/api/*', onlyKnownQuery);
  app.use('/api/*', (c, next) => actAs(actorOf(askerOf(c), c.req.raw.headers), next));
  addFrontPage(app);
  app.get('/adapters', async (c) => c.json({ servers: await service.servers(askerOf(c)) }));
  app.get('/api', (c) =>
    c.json({
      routes: app.routes
        .filter(({ method }) => method !== 'ALL')
        .map(({ method, path }) => `${method} ${path}`),
    }),
  );
  app.get('/api/status', async (c) => c.json(await service.status()));
  serverRoutes(app, service);
  callRoutes(app, service);
  addToolRoutes(app, twin);
  operatorRoutes(app, service);
  approvalRoutes(app, service);
  addAuditRoutes(app, service.audit);
  addPermissionRoutes(app, service.permissions);
  addReviewRoutes(app, service.reviews);
  addPeopleRoutes(app, service.people);
  addMirrorRoutes(app, service.mirrors);
  addBuildRoutes(app, (principal) => service.buildsOf(principal));
  addHookRoutes(app, service.hooks);
  addConversationRoutes(app, (principal) => service.conversationsOf(principal));
  addSettingsRoutes(app, service.settings);
  addDriftRoutes(app, service.drift);
  addChatRoutes(app, service.chats);
  addFlowRoutes(app, service.flows);
  addSecretRoutes(app, service.secrets);
  addProviderRoutes(app, service.providers);
  addSignInRoutes(app, service.signIns);
  addRoutingRoutes(app, () => service.routing());
  addRecordingRoutes(app, service.recordings);
  app.notFound((c) => problem(c, noRoute(app, c.req.method, c.req.path)));
  app.onError((thrown, c) => {
    const error = toCounterpartError(thrown);
    if (error.code === 'INTERNAL') log.error({ path: c.req.path, cause: thrown.stack }, 'request failed');
    return problem(c, error);
  });
  return app;
}

/** Who asks is known by their token; by which program they ask is what they say themselves. */
const actorOf = (asker: string, headers: Headers) => ({
  principal: `${asker} via ${(headers.get('user-agent') ?? '').startsWith(CLI_AGENT) ? 'cli' : 'api'}`,
  ...(callerOf(headers.get('traceparent') ?? undefined) ?? { trace: newTrace() }),
});

/** A client that is still sending when it is answered sees a broken connection, not the answer: so much is read and dropped. */
const MOST_DROPPED_BYTES = 16 * 1024 * 1024;

async function tooLarge(c: Context): Promise<Response> {
  const body: ReadableStream<Uint8Array> | null = c.req.raw.body;
  let dropped = 0;
  if (body && !body.locked)
    for await (const part of body) {
      dropped += part.byteLength;
      if (dropped > MOST_DROPPED_BYTES) break;
    }
  return problem(c, hubError('BODY_TOO_LARGE', { path: c.req.path, maxBytes: MAX_BODY_BYTES }));
}

function serverRoutes(app: Hono, service: AdminService): void {
  app.get('/api/servers', async (c) => c.json({ servers: await service.servers(askerOf(c)) }));
  app.post('/api/servers', async (c) => c.json(await service.add(await body(c, AddServerRequest)), 201));
  app.get('/api/servers/:id', async (c) => c.json(await service.server(c.req.param('id'))));
  app.delete('/api/servers/:id', async (c) => c.json(await service.remove(c.req.param('id'))));
  app.post('/api/servers/:id/purge', async (c) => c.json(await service.purge(c.req.param('id'))));
  app.post('/api/servers/:id/enable', async (c) => c.json(await service.setEnabled(c.req.param('id'), true)));
  app.post('/api/servers/:id/disable', async (c) =>
    c.json(await service.setEnabled(c.req.param('id'), false)),
  );
  app.post('/api/servers/:id/restart', async (c) => c.json(await service.restart(c.req.param('id'))));
  app.post('/api/servers/:id/reload', async (c) => {
    await service.reload(c.req.param('id'));
    return c.json({ reloaded: true });
  });
  app.post('/api/servers/:id/target', async (c) => {
    const { target } = await body(c, Target);
    return c.json(await service.setTarget(c.req.param('id'), target));
  });
}

function callRoutes(app: Hono, service: AdminService): void {
  app.get('/api/tools', (c) => c.json({ tools: service.tools(queryOf(c, '/api/tools').server, askerOf(c)) }));
  app.post('/api/call', async (c) =>
    c.json(await service.call(await callRequest(c), c.req.raw.signal, askerOf(c))),
  );
}

/** The arguments as they came: a number of more digits than a double holds is another one afterwards. */
async function callRequest(c: Context): Promise<GivenCall> {
  const request = await body(c, CallRequest);
  return { ...request, arguments: membersOf(membersOf(parseExact(await c.req.text()))['arguments']) };
}

function approvalRoutes(app: Hono, service: AdminService): void {
  app.get('/api/approvals', (c) => c.json({ pending: service.pendingTools() }));
  app.get('/api/approvals/:server', async (c) => c.json(await service.proposals(c.req.param('server'))));
  app.post('/api/approvals/:server', async (c) =>
    c.json(await service.decide(c.req.param('server'), await body(c, DecideRequest))),
  );
}

function operatorRoutes(app: Hono, service: AdminService): void {
  app.get('/api/logs', (c) => {
    const { server, lines } = queryOf(c, '/api/logs');
    return c.json({ lines: service.logs({ server, lines }) });
  });
  app.post('/api/reload', async (c) => {
    await service.reload();
    return c.json({ reloaded: true });
  });
  app.post('/api/shutdown', (c) => {
    service.shutdown();
    return c.json({ stopping: true }, 202);
  });
  app.get('/api/events', async (c) => {
    const { since, follow } = queryOf(c, '/api/events');
    if (follow === undefined) return c.json({ events: await service.eventsSince(since) });
    return followEvents(c, service, since);
  });
}

/** Server-sent events: what happened since, then what happens, until the client goes. */
function followEvents(c: Context, service: AdminService, since: number): Response {
  return streamSSE(c, async (stream) => {
    const send = (event: HubEvent) =>
      stream.writeSSE({ id: String(event.id), event: event.kind, data: JSON.stringify(event) });
    const gone = new Promise<void>((resolve) => {
      stream.onAbort(() => resolve());
    });
    // What happens while the past is read waits its turn, and is left out where the past already holds it.
    const meanwhile: HubEvent[] = [];
    let live = false;
    const stop = service.followEvents((event) => void (live ? send(event) : meanwhile.push(event)));
    try {
      await stream.write(': connected\n\n');
      const past = await service.eventsSince(since);
      const last = past.at(-1)?.id ?? since;
      for (const event of past) await send(event);
      for (const event of meanwhile) if (event.id > last) await send(event);
      live = true;
      await gone;
    } finally {
      stop();
    }
  });
}
