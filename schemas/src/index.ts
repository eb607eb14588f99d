/**
 * The contracts between all parts of the project, by name. What a hub does not need at its start is here as a type only: each
 * contract that is loaded takes memory for as long as the hub runs. Whoever checks with such a one imports its file.
 */
export { Category, ContentHash, HUB_ID, OwnServerId, SemVer, ServerId, ToolName } from './ids.ts';
export {
  JsonSchema,
  JsonValue,
  canonicalJson,
  isSameJson,
  writeCanonicalJson,
  type Json,
  type JsonObject,
} from './json.ts';
export { SCHEMA_IN, SCHEMAS_LISTED_IN, SCHEMAS_NAMED_IN } from './schema-keywords.ts';
export { Effect } from './effect.ts';
export type { AuthRequirement, AuthScheme } from './blueprint/auth.ts';
export type { XmlForm, XmlShape } from './blueprint/xml.ts';
export type { MessageSignature, RequestSignature, TemplateSignature } from './blueprint/signature.ts';
export type {
  Blueprint,
  BlueprintSource,
  BodyBinding,
  BodyContent,
  FILE_VALUE_SCHEMA,
  HttpBinding,
  Omission,
  Operation,
  OperationExample,
  ParameterBinding,
  ParameterStyle,
  PartEncoding,
  Provenance,
  ResponseBinding,
  ResponseContent,
  ServerVariable,
  ServiceServer,
  styleOf,
  ApiStyle,
} from './blueprint/blueprint.ts';
export type {
  GraphqlCall,
  GraphqlFacet,
  GraphqlFieldCall,
  GraphqlOperationKind,
  GraphqlSchemaCall,
  GraphqlVariable,
} from './blueprint/graphql.ts';
export type { McpCall, McpFacet } from './mcp.ts';
export type { StreamCall } from './blueprint/stream.ts';
export type { RpcCall, RpcError, RpcFacet, RpcParams } from './blueprint/rpc.ts';
export type {
  SoapAttribute,
  SoapCall,
  SoapCredential,
  SoapElement,
  SoapFacet,
  SoapHeader,
  SoapType,
} from './blueprint/soap.ts';
export type {
  DatabaseCall,
  DatabaseColumn,
  DatabaseEngine,
  DatabaseFacet,
  DatabaseKind,
  DatabaseRelation,
  DatabaseTable,
} from './blueprint/database.ts';
export type { GrpcCall, GrpcFacet, GrpcField, GrpcScalar } from './blueprint/grpc.ts';
export type {
  DataCall,
  DataColumn,
  DataDialect,
  DataFacet,
  DataFormat,
  DataSource,
} from './blueprint/data.ts';
export { LockedName, NameLock, OperationLink, Pagination, SearchHints } from './blueprint/facets.ts';
export {
  ConfigSlot,
  EnvName,
  HookSlot,
  Manifest,
  needsOf,
  RestartKind,
  SecretSlot,
  SourceName,
} from './manifest.ts';
export { DriftReport, DriftSign, ToolEvidence } from './builds/drift.ts';
export { Notice, NoticeKind, NotificationsConfig } from './hub/notice.ts';
export type { HookReceipt, HookSummary } from './hub/hook.ts';
export {
  AuditAction,
  AuditAnchor,
  AuditEntry,
  AuditList,
  AuditQuery,
  AuditRecord,
  AuditReport,
  AuditTrimmed,
  TrimAuditRequest,
} from './hub/audit.ts';
export type {
  Capability,
  ChangePermissionRequest,
  Permission,
  PermissionList,
  ServerPermissions,
} from './hub/permissions.ts';
export {
  AddPersonRequest,
  Asker,
  Person,
  PersonList,
  PersonName,
  PersonToken,
  ShareRequest,
  Sharing,
} from './people/people.ts';
export { compareVersions, satisfies, SemVerRange } from './semver.ts';
export { ListedPrompt, ListedResource, ListedTool } from './listed.ts';
export { effectOf, ToolDefinition } from './tool.ts';
export type { TranslatedField, TranslatedJoin, TranslationFacet } from './mirror/translation.ts';
export {
  VersionAuthor,
  VersionDiff,
  VersionFacts,
  VersionList,
  VersionProvenance,
  VersionSummary,
} from './builds/version.ts';
export type { HubOptions } from './chat/api/common.ts';
export type { ChatCompletionRequest, ChatMessage, TextCompletionRequest } from './chat/api/completions.ts';
export type { EmbeddingsRequest } from './chat/api/embeddings.ts';
export type {
  ConversationRequest,
  ResponseInputItem,
  ResponseSocketEvent,
  ResponsesRequest,
} from './chat/api/responses.ts';
export type {
  BranchRequest,
  ConversationChange,
  ConversationDetail,
  ConversationItem,
  ConversationSummary,
  MemoryEntry,
  MemoryRequest,
} from './chat/conversation.ts';
export { HubConfig, Profile } from './hub/config.ts';
export { CommandServer, RemoteServer, ServerEntry, ServerOverride, ToolPolicy } from './hub/server-entry.ts';
export type {
  ApprovalList,
  DecideRequest,
  DecideResponse,
  DefinitionNotice,
  PendingTool,
  Proposal,
  ProposalList,
  ToolChange,
} from './hub/approval.ts';
export {
  RotationReport,
  SecretChange,
  SecretList,
  SecretName,
  SecretOwner,
  SecretPage,
  SecretPageState,
  SecretSummary,
  SecretValue,
  StoreSecretRequest,
} from './hub/secret.ts';
export {
  BeginSignInRequest,
  BegunSignIn,
  LendRequest,
  SignInList,
  SignInProgress,
  SignInStatus,
  SignInStep,
  SignOutReport,
  SignOutRequest,
} from './hub/sign-in.ts';
export type { BuildReport, BuildStage, DiffReport } from './builds/build.ts';
export { ServiceChange } from './builds/service-change.ts';
export type { EvalCase, EvalReport, EvalResult } from './chat/eval.ts';
export type { FlowCheck, FlowEvalCase, FlowEvalReport, FlowEvalResult } from './flows/flow-eval.ts';
export type { FlowRunState } from './flows/run-state.ts';
export type {
  DecideFlowRequest,
  FlowCall,
  FlowDocument,
  FlowLimits,
  FlowName,
  FlowNode,
  FlowNodeKind,
  FlowProblem,
  FlowRun,
  FlowRunSummary,
  FlowStep,
  FlowStepState,
  FlowSummary,
  Judgement,
  JudgeRequest,
  ServeFlowRequest,
  StartFlowRequest,
} from './flows/flow.ts';
export type {
  FileIssue,
  PromptArgument,
  PromptDetail,
  PromptMessage,
  PromptName,
  PromptSummary,
  PromptTemplate,
  PromptVersion,
  RenderedPrompt,
  RenderPromptRequest,
} from './flows/prompt.ts';
export { CachedAnswer, ChatConfig, EntityAlias, ToolPlan } from './chat/chat.ts';
export {
  ModelConfig,
  ProviderCheck,
  ProviderConfig,
  ProviderKind,
  ProviderList,
  ProviderModel,
  ProviderName,
  ProviderSummary,
  Structured,
} from './chat/provider.ts';
export { Diagnostic } from './builds/diagnostic.ts';
export type { OpenReviewRequest, ReviewLink } from './builds/review.ts';
export {
  ApprovalSheet,
  AuthorQuestion,
  Canary,
  CodeDraft,
  HandedFile,
  LoopAuthor,
  LoopDecision,
  LoopDetail,
  LoopId,
  LoopKind,
  LoopOrder,
  LoopPlan,
  PlanAnswer,
  LoopStage,
  LoopState,
  LoopStep,
  LoopSummary,
  MAX_REPAIRS,
  MOST_HANDED_BYTES,
  QuestionKind,
  RoundReport,
  SlotFile,
  SlotPath,
} from './builds/loop.ts';
export type { CallOutcome, VerifyReport } from './builds/verify.ts';
export { HealthRecord, HubEvent, ServerState, ServiceUse } from './hub/event.ts';
export type {
  AddServerRequest,
  CallRequest,
  CallResponse,
  EventPage,
  HubStatus,
  LeftOut,
  Misnamed,
  Problem,
  RecordingState,
  RecordRequest,
  ServerDetail,
  ServerKind,
  ServerSummary,
  Settings,
  ToolEntry,
  ToolState,
} from './hub/api.ts';
export type { ContractDiff, ContractFinding, ContractFindingKind } from './mirror/contract-diff.ts';
export type { ActiveFault, Fault } from './mirror/fault.ts';
export type {
  DeletedMirror,
  DiffMirrorRequest,
  ImportRecordingRequest,
  MirrorChange,
  MirrorInspection,
  MirrorList,
  MirrorRequestEntry,
  MirrorSummary,
  PushMirrorRequest,
  RecordingSummary,
  ScenarioRequest,
  SeedMirrorRequest,
  StartMirrorRequest,
} from './mirror/api.ts';
export type { MirrorMemory, MirrorParts } from './mirror/memory.ts';
export { HarEntry, HarFile, HarPair, HarRequest, HarResponse, REDACTED } from './mirror/recording.ts';
export type { LearnedBehaviour, LearnRequest, OperationBehaviour } from './mirror/behaviour.ts';
export type {
  Scenario,
  ScenarioAnswer,
  ScenarioMatch,
  ScenarioProgress,
  ScenarioStep,
} from './mirror/scenario.ts';
export {
  HybridKind,
  MirrorMode,
  MirrorName,
  MirrorSettings,
  RecordingName,
  ReplayMatching,
  ServiceLimits,
} from './mirror/settings.ts';
export {
  CounterpartError,
  errorCatalogue,
  hubError,
  toCounterpartError,
  toProblem,
  toRpcError,
  type ErrorCode,
  type ErrorParams,
} from './errors.ts';
export {
  EndpointMetrics,
  ExplainRouteRequest,
  type RouteConstraints,
  RouteRecord,
  RoutingConfig,
  RoutingState,
  TierName,
} from './chat/routing.ts';
