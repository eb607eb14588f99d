import { holdsSignature, templateSignature, timestampOf, type Signable } from '@counterpart/kit/signing';
import type { TemplateSignature } from '@counterpart/schemas';
import type { RawRequest } from '../request/decode-request.ts';
import {
  isSameText,
  MISSING,
  NOT_OF_THIS_REQUEST,
  signableOf,
  staleness,
  wrong,
  type Held,
  type Standing,
} from './standing.ts';

type Place = TemplateSignature['places'][number];

const USUAL_TOLERANCE_SECONDS = 300;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const nameOf = (pair: string): string => decoded(pair.split('=')[0] ?? '');

/** What stands in a place of a request; undefined: nothing. */
function textAt({ in: at, name }: Place, request: Signable): string | undefined {
  if (at === 'header') return request.headers[name.toLowerCase()];
  const pairs = request.url.split('?').slice(1).join('?').split('&');
  const pair = pairs.find((one) => nameOf(one) === name);
  return pair === undefined ? undefined : decoded(pair.slice(pair.indexOf('=') + 1));
}

/** The values of a template's placeholders in a text that was made of it; undefined when it was not. */
function valuesIn(template: string, text: string): Record<string, string> | undefined {
  const names: string[] = [];
  const pattern = template
    .split(/(\{[a-z][\w:-]*\})/)
    .map((part) => {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(name);
      return '(.*?)';
    })
    .join('');
  const found = new RegExp(`^${pattern}$`, 's').exec(text);
  return found === null
    ? undefined
    : Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
}

/** The request before its signature was put into the query. */
function beforeSigning(request: Signable, place: Place): Signable {
  if (place.in === 'header') return request;
  const [base = '', ...rest] = request.url.split('?');
  const pairs = rest
    .join('?')
    .split('&')
    .filter((pair) => pair !== '' && nameOf(pair) !== place.name);
  return { ...request, url: pairs.length === 0 ? base : `${base}?${pairs.join('&')}` };
}

/** Whether a request is signed as the scheme's template says. */
export function templateStanding(scheme: TemplateSignature, raw: RawRequest, held: Held): Standing {
  const request = signableOf(raw);
  const place = scheme.places.find(holdsSignature);
  if (place === undefined || textAt(place, request) === undefined) return MISSING;
  const sent: Record<string, string> = {};
  for (const one of scheme.places) {
    const values = valuesIn(one.value, textAt(one, request) ?? '');
    if (values === undefined || Object.values(values).includes(''))
      return wrong(`its ${one.in} ${one.name} is not of the form ${one.value}`);
    Object.assign(sent, values);
  }
  const { timestamp, nonce, signature = '' } = sent;
  if (timestamp !== undefined) {
    const seconds = scheme.toleranceSeconds ?? USUAL_TOLERANCE_SECONDS;
    const stale = staleness(timestampOf(scheme.timestamp, timestamp), held, seconds);
    if (stale !== undefined) return wrong(stale);
  }
  const isRight =
    held.key === undefined ||
    isSameText(signature, templateSignature(scheme, beforeSigning(request, place), { key: held.key, sent }));
  if (!isRight) return wrong(NOT_OF_THIS_REQUEST);
  return { kind: 'good', ...(nonce === undefined ? {} : { nonce }) };
}
