import type { Upstream } from '../kernel/ports.ts';
import type { UpstreamOptions } from './options.ts';

export type { EraVerdict, UpstreamLimits, UpstreamOptions } from './options.ts';

/** The hub's link to one server; nothing is started or connected before its first use. */
export declare function createUpstream(options: UpstreamOptions): Upstream;
