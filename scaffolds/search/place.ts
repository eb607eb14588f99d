import type { Operation } from '@counterpart/schemas';
import { plural, wordsOf } from './nouns.ts';

/** What an operation is about and does to it, as its method and path tell. */
export interface Place {
  readonly kind: 'list' | 'one' | 'create' | 'change' | 'delete' | 'act';
  /** In lower case with spaces, such as `pull requests`. */
  readonly noun: string;
  /** What the noun belongs to. */
  readonly parent: string | undefined;
  /** For `act`: what is done. */
  readonly verb: string | undefined;
  /** Every fixed piece of the path but versions. */
  readonly nouns: readonly string[];
}

/** Pieces that are in the way of everything and tell nothing. */
const NOT_A_NOUN = /^(?:v?\d[\w.]*|v\d\w*|api|apis|rest|public|\w+\.(?:io|com|org|net))$/i;
/** Last pieces that are what is done, not what it is done to. */
const VERB =
  /^(?:accept|activate|apply|approve|archive|attach|block|build|cancel|capture|check|clear|clone|close|commit|complete|confirm|connect|copy|deactivate|decline|deploy|detach|disable|disconnect|download|enable|execute|export|finalize|fork|generate|import|invite|join|kill|leave|lock|merge|move|mute|pause|pay|preview|prune|publish|purge|push|query|refund|register|reject|release|rename|reopen|request|resend|reset|resize|restart|restore|resume|retry|revoke|rotate|run|scale|scan|search|send|share|sign|start|stop|submit|subscribe|suspend|sync|test|transfer|trigger|unarchive|unblock|unlock|unmute|unpin|unpublish|unsubscribe|upload|validate|verify|void|wait)$/;

/** Undefined where the path is not what tells calls apart: GraphQL, data files, remote procedures on one path. */
export function placeOf({ http, graphql, data }: Operation): Place | undefined {
  if (graphql !== undefined || data !== undefined) return undefined;
  const pieces = http.path.split('/').filter((piece) => piece !== '');
  const isParameter = (piece: string | undefined): boolean => piece?.includes('{') === true;
  const nouns = pieces
    .filter((piece) => !isParameter(piece) && !NOT_A_NOUN.test(piece))
    .map((piece) => wordsOf(piece.replace(/\.(?:json|xml)$/, '')).join(' '))
    .filter((noun) => noun !== '');
  const last = nouns.at(-1);
  if (last === undefined) return undefined;
  const isAct = VERB.test(last) && http.method !== 'GET' && nouns.length > 1;
  const noun = isAct ? (nouns.at(-2) ?? last) : last;
  const parent = nouns.at(isAct ? -3 : -2);
  const kind = isAct ? 'act' : kindOf(http.method, isParameter(pieces.at(-1)), noun);
  return { kind, noun, parent: parent === noun ? undefined : parent, verb: isAct ? last : undefined, nouns };
}

function kindOf(method: string, endsInParameter: boolean, noun: string): Exclude<Place['kind'], 'act'> {
  if (method === 'DELETE') return 'delete';
  if (method === 'PUT' || method === 'PATCH') return 'change';
  if (method === 'POST') return endsInParameter ? 'change' : 'create';
  return endsInParameter || plural(noun) !== noun ? 'one' : 'list';
}
