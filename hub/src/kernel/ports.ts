/**
 * Interfaces through which rooms of one row meet; `hub.ts` hands the implementations in (`test/architecture.test.ts`).
 * The hot path of a call is: gateway → CatalogView.tool → Upstream.forward → link → child process.
 */
export type * from './protocol/visit.ts';
export type * from './ports/process.ts';
export type * from './ports/upstream.ts';
export type * from './ports/catalog.ts';
export type * from './ports/calls.ts';
export type * from './ports/vault.ts';
export type * from './ports/sandbox.ts';
export type * from './ports/broker.ts';
export type * from './ports/models.ts';
export type * from './ports/durable.ts';
export type * from './ports/builds.ts';
export type * from './ports/generations.ts';
export type * from './ports/chat.ts';
export type * from './ports/test-meter.ts';
export type * from './ports/metrics.ts';
export type * from './audit/trail.ts';
