import {
  envelopeType,
  faultEnvelope,
  fromXml,
  readEnvelope,
  toEnvelope,
  valueIn,
  XmlProblem,
  type SoapFault,
  type XmlElement,
} from '@counterpart/kit/soap';
import type { Blueprint, Json, Operation, SoapCall, SoapElement, SoapFacet } from '@counterpart/schemas';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import { refused, unknownPath, wrongMethod, type ReadableOutcome } from '../answer/exchange.ts';
import { problemLine } from '../answer/problem.ts';
import type { RawRequest } from '../request/decode-request.ts';
import { isObject } from '../schema/json-value.ts';
import { toldRequest, type Dialect } from './dialect.ts';

/** A mirror that speaks SOAP at the service's one path: envelopes in, envelopes out, refusals as faults. */
export function soapDialect(blueprint: Blueprint, facet: SoapFacet): Dialect {
  const find = finder(blueprint.operations);
  return async (raw, ask) => {
    if (raw.path !== facet.path) return refused(unknownPath(raw, [facet.path]));
    if (raw.method !== 'POST') return refused(wrongMethod(raw, ['POST']));
    const read = bodyOf(raw);
    if ('fault' in read) return faulted(facet, read.fault);
    const operation = find(read.element, actionOf(raw));
    if (operation?.soap === undefined) {
      const name = read.element === undefined ? 'an empty body' : `{${read.element.ns}}${read.element.name}`;
      return faulted(facet, {
        code: 'Client',
        reason: `No operation takes ${name.slice(0, 300)}.`,
        detail: undefined,
      });
    }
    const { output } = operation.soap;
    const value = toldValue(operation.soap, read, facet);
    const told = toldRequest(raw, operation.http.path, value);
    const outcome = await ask({ ...told, envelope: read.headers });
    const { response, problems } = outcome;
    if (!response.ok) return { ...faulted(facet, await faultOf(outcome), response), operation, problems };
    return { response: await answered(response, facet, output), operation, problems };
  };
}

/** Body and header of an envelope as the members of one value. */
function toldValue(
  { input, headers = [] }: SoapCall,
  { element, headers: found }: Heard,
  facet: SoapFacet,
): Json | undefined {
  const body = input === undefined || element === undefined ? undefined : valueIn(element, input, facet);
  const members = headers.flatMap((header): [string, Json][] => {
    const one = found.find(({ name, ns }) => name === header.name && ns === header.ns);
    return one === undefined ? [] : [[header.key, fromXml(one, header.type, facet.types)]];
  });
  return members.length === 0 ? body : { ...(isObject(body) ? body : {}), ...Object.fromEntries(members) };
}

async function answered(
  response: Response,
  facet: SoapFacet,
  output: SoapElement | undefined,
): Promise<Response> {
  const headers = namedIn(response);
  if (output === undefined) return new Response(null, { status: 202, headers });
  const envelope = toEnvelope(facet, output, jsonIn(await response.clone().text()) ?? {});
  return new Response(envelope, { headers: { 'content-type': envelopeType(facet.version, ''), ...headers } });
}

const namedIn = ({ headers }: Response): Record<string, string> => {
  const name = headers.get('x-mirror-operation');
  return name === null ? {} : { 'x-mirror-operation': name };
};

/** The action, by which operations with equal or empty bodies are told apart. */
function actionOf({ headers }: RawRequest): string {
  const inType = /;\s*action="?([^";]*)/i.exec(headers.get('content-type') ?? '')?.[1];
  return (inType ?? headers.get('soapaction') ?? '').replaceAll('"', '').trim();
}

function finder(
  operations: readonly Operation[],
): (element: XmlElement | undefined, action: string) => Operation | undefined {
  return (element, action) => {
    const fitting = operations.filter(({ soap }) =>
      element === undefined
        ? soap !== undefined && soap.input === undefined
        : soap?.input?.name === element.name && soap.input.ns === element.ns,
    );
    return fitting.find(({ soap }) => soap?.action === action) ?? fitting[0];
  };
}

interface Heard {
  readonly element: XmlElement | undefined;
  readonly headers: readonly XmlElement[];
}

type Read = Heard | { readonly fault: SoapFault };

function bodyOf({ body }: RawRequest): Read {
  const fault = (reason: string): Read => ({ fault: { code: 'Client', reason, detail: undefined } });
  try {
    const read = readEnvelope(new TextDecoder().decode(body));
    if (read === undefined) return fault('The request is no SOAP envelope.');
    if (read.kind === 'fault') return fault('The request is a fault.');
    return { element: read.kind === 'empty' ? undefined : read.element, headers: read.headers };
  } catch (error) {
    if (error instanceof XmlProblem) return fault(`The request is no XML: ${error.message}.`);
    throw error;
  }
}

async function faultOf({ response, problems }: ReadableOutcome): Promise<SoapFault> {
  if (problems.length > 0)
    return { code: 'Client', reason: problems.slice(0, 5).map(problemLine).join('; '), detail: undefined };
  const value = jsonIn(await response.clone().text());
  const told = isObject(value) ? (value['detail'] ?? value['title']) : undefined;
  return {
    code: response.status >= 500 ? 'Server' : 'Client',
    reason: typeof told === 'string' ? told : `The mirror answered ${response.status}.`,
    detail: undefined,
  };
}

/** Faults go with 500 (SOAP 1.1, section 6.2), those of the sender in SOAP 1.2 with 400; who may not ask is told by HTTP too. */
function faulted(facet: SoapFacet, fault: SoapFault, from?: Response): ReadableOutcome {
  const isAuth = from?.status === 401 || from?.status === 403;
  const usual = facet.version === '1.2' && fault.code === 'Client' ? 400 : 500;
  const challenge = from?.headers.get('www-authenticate');
  const headers = {
    'content-type': envelopeType(facet.version, ''),
    ...(challenge === null || challenge === undefined ? {} : { 'www-authenticate': challenge }),
    ...(from === undefined ? {} : namedIn(from)),
  };
  const response = new Response(faultEnvelope(facet.version, fault), {
    status: isAuth ? from.status : usual,
    headers,
  });
  return { response, problems: [] };
}

function jsonIn(text: string): Json | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
