/** The contracts between all parts of the project, by name. */
export { Category, ContentHash, SemVer, ServerId, ToolName } from './ids.ts';
export {
  JsonSchema,
  JsonValue,
  canonicalJson,
  isSameJson,
  writeCanonicalJson,
  type Json,
  type JsonObject,
} from './json.ts';
export { AuthRequirement, AuthScheme } from './auth.ts';
export { XmlForm, XmlShape } from './xml.ts';
export { MessageSignature, RequestSignature, TemplateSignature } from './signature.ts';
export {
  Blueprint,
  BlueprintSource,
  BodyBinding,
  BodyContent,
  Effect,
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
  type ApiStyle,
} from './blueprint.ts';
export {
  GraphqlCall,
  GraphqlFacet,
  GraphqlFieldCall,
  GraphqlOperationKind,
  GraphqlSchemaCall,
  GraphqlVariable,
} from './graphql.ts';
export { McpCall, McpFacet } from './mcp.ts';
export { StreamCall } from './stream.ts';
export { RpcCall, RpcError, RpcFacet, RpcParams } from './rpc.ts';
export { SoapAttribute, SoapCall, SoapElement, SoapFacet, SoapType } from './soap.ts';
export {
  DatabaseCall,
  DatabaseColumn,
  DatabaseEngine,
  DatabaseFacet,
  DatabaseKind,
  DatabaseRelation,
  DatabaseTable,
} from './database.ts';
export { GrpcCall, GrpcFacet, GrpcField, GrpcScalar } from './grpc.ts';
export { DataCall, DataColumn, DataDialect, DataFacet, DataFormat, DataSource } from './data.ts';
export { LockedName, NameLock, OperationLink, Pagination, SearchHints } from './facets.ts';
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
export { DriftReport, DriftSign, ToolEvidence } from './drift.ts';
export { Notice, NoticeKind, NotificationsConfig } from './notice.ts';
export { HookReceipt, HookSummary } from './hook.ts';
export { compareVersions, satisfies, SemVerRange } from './semver.ts';
export { effectOf, ToolDefinition } from './tool.ts';
export {
  VersionAuthor,
  VersionDiff,
  VersionFacts,
  VersionList,
  VersionProvenance,
  VersionSummary,
} from './version.ts';
export {
  ChatCompletionRequest,
  ChatMessage,
  ConversationRequest,
  EmbeddingsRequest,
  HubOptions,
  ResponseInputItem,
  ResponsesRequest,
} from './chat-api.ts';
export {
  BranchRequest,
  ConversationChange,
  ConversationDetail,
  ConversationItem,
  ConversationSummary,
  MemoryEntry,
  MemoryRequest,
} from './conversation.ts';
export {
  CommandServer,
  HubConfig,
  Profile,
  RemoteServer,
  ServerEntry,
  ServerOverride,
  ToolPolicy,
} from './config.ts';
export {
  ApprovalList,
  DecideRequest,
  DecideResponse,
  DefinitionNotice,
  PendingTool,
  Proposal,
  ProposalList,
  ToolChange,
} from './approval.ts';
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
} from './secret.ts';
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
} from './sign-in.ts';
export { BuildReport, BuildStage, DiffReport, ServiceChange } from './build.ts';
export { EvalCase, EvalReport, EvalResult } from './eval.ts';
export { ChatConfig, EntityAlias, ToolPlan } from './chat.ts';
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
} from './provider.ts';
export { Diagnostic } from './diagnostic.ts';
export {
  ApprovalSheet,
  AuthorQuestion,
  CodeDraft,
  LoopAuthor,
  LoopDecision,
  LoopDetail,
  LoopId,
  LoopKind,
  LoopOrder,
  LoopPlan,
  LoopStage,
  LoopState,
  LoopStep,
  LoopSummary,
  MAX_REPAIRS,
  QuestionKind,
  RoundReport,
  SlotFile,
  SlotPath,
} from './loop.ts';
export { CallOutcome, VerifyReport } from './verify.ts';
export { HubEvent, ServerState } from './event.ts';
export {
  AddServerRequest,
  CallRequest,
  CallResponse,
  EventPage,
  HealthRecord,
  HubStatus,
  LeftOut,
  Misnamed,
  Problem,
  RecordingState,
  RecordRequest,
  ServerDetail,
  ServerKind,
  ServerSummary,
  ServiceUse,
  ToolEntry,
} from './api.ts';
export { ContractDiff, ContractFinding, ContractFindingKind } from './mirror/contract-diff.ts';
export { ActiveFault, Fault } from './mirror/fault.ts';
export {
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
export { MirrorMemory, MirrorParts } from './mirror/memory.ts';
export { HarEntry, HarFile, HarPair, HarRequest, HarResponse, REDACTED } from './mirror/recording.ts';
export {
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
} from './routing.ts';
