import { hubError, type Json, type JsonObject, type MirrorSettings } from '@counterpart/schemas';
import type { CallTool } from './call-tool.ts';

/** Calls a tool of a server of the hub. Rejects with an error of the catalogue. */
export type CallServerTool = (server: string, tool: string, args: JsonObject) => Promise<Json>;

/** A mirror that may be live. */
export interface LiveSubject {
  readonly name: string;
  readonly server?: string | undefined;
  readonly callTool?: CallServerTool | undefined;
}

/** What answers in the mode live; undefined in every other. Calls that nobody can answer reject with MIRROR_NOT_LIVE. */
export function liveCalls(
  { mode, over }: MirrorSettings,
  { name, server, callTool }: LiveSubject,
): CallTool | undefined {
  if (mode !== 'live') return undefined;
  const answering = over ?? server;
  if (callTool !== undefined && answering !== undefined)
    return (tool, args) => callTool(answering, tool, args);
  const detail =
    callTool === undefined
      ? 'no hub is there whose tools could be called'
      : 'nothing says which server answers';
  return () => Promise.reject(hubError('MIRROR_NOT_LIVE', { mirror: name, detail }));
}
