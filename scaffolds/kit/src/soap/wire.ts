import type { Blueprint, HttpBinding, Json, Operation, SoapCall, SoapFacet } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import type { Sent } from '../http/send.ts';
import { decodeText } from '../interpret/media.ts';
import { toWireNames } from '../interpret/renames.ts';
import type { Wire } from '../interpret/wire.ts';
import {
  envelopeType,
  readEnvelope,
  toEnvelope,
  valueIn,
  type SoapBody,
  type SoapFault,
} from './envelope.ts';
import { XmlProblem } from '../xml/parse.ts';

const MOST_CHARACTERS = 2_000;
const NO_FACET: SoapFacet = { version: '1.1', path: '/', types: {} };

/** What to do about a fault, by its code (SOAP 1.1, section 4.4.1). */
const ADVICE: Readonly<Record<string, string>> = {
  Client: 'Correct what the service names, then call again.',
  Server: 'The service failed; call again later.',
  VersionMismatch:
    'The service speaks another version of SOAP: build the server again from its present WSDL.',
  MustUnderstand:
    'The service does not understand a header of the call: build the server again from its present WSDL.',
};

function posted({ http }: Operation, { version, path }: SoapFacet, { action }: SoapCall): HttpBinding {
  const header = {
    key: 'SOAPAction',
    name: 'SOAPAction',
    in: 'header' as const,
    style: 'simple' as const,
    explode: false,
    required: false,
    default: `"${action.replaceAll(/["\r\n]/g, '')}"`,
  };
  return {
    ...http,
    path,
    parameters: version === '1.1' ? [header] : [],
    body: {
      required: true,
      contents: [{ mediaType: envelopeType(version, action), kind: 'text', schema: true }],
    },
    accept: [version === '1.1' ? 'text/xml' : 'application/soap+xml'],
  };
}

const shortened = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

function refusal({ operation }: SoapCall, { code, reason, detail }: SoapFault): ToolFailure {
  const more =
    detail === undefined
      ? ''
      : `\n${shortened(typeof detail === 'string' ? detail : JSON.stringify(detail))}`;
  const said = reason === '' ? 'it gave no reason' : shortened(reason);
  return new ToolFailure(`The service refused ${operation}: ${said} (fault ${code})${more}`, {
    nextStep: ADVICE[code.split('.')[0] ?? ''] ?? 'Correct what the service names, then call again.',
  });
}

/** The body of the envelope that came; undefined where none did. */
function bodyOf(sent: Sent): SoapBody | undefined {
  try {
    return readEnvelope(decodeText(sent.body, sent.headers['content-type']));
  } catch (error) {
    if (error instanceof XmlProblem) return undefined;
    throw error;
  }
}

/** How a call of a SOAP operation travels: an envelope in a POST; what its body says is the answer. */
export function soapWire({ soap = NO_FACET }: Blueprint, operation: Operation, call: SoapCall): Wire {
  const answered = (sent: Sent, value: Json): Sent => ({
    ...sent,
    status: 200,
    headers: { ...sent.headers, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  });
  return {
    toRequest(args) {
      const value = toWireNames(args, operation.http.body?.renames?.['**']);
      const body = toEnvelope(soap, call.input, value, call.headers);
      return { operation: { ...operation, http: posted(operation, soap, call) }, args: { body } };
    },
    fromAnswer(sent) {
      if (sent.status === 401 || sent.status === 403) return sent;
      const body = sent.truncated ? undefined : bodyOf(sent);
      if (body === undefined) return otherAnswer(sent);
      if (body.kind === 'fault') throw refusal(call, body.fault);
      if (body.kind === 'empty' || call.output === undefined) return answered(sent, {});
      return answered(sent, valueIn(body.element, call.output, soap));
    },
    finish: (result) => result,
  };
}

function otherAnswer(sent: Sent): Sent {
  // A call without an answer is taken with an empty 202 (WS-I Basic Profile, R2714).
  if (sent.status >= 400 || sent.status < 200 || sent.body.length === 0) return sent;
  throw new ToolFailure(
    `The service answered ${sent.status} with ${sent.truncated ? 'more than is read' : 'something that is no SOAP envelope'}.`,
    {
      nextStep: sent.truncated
        ? 'Ask for less.'
        : 'Check that the base URL leads to the SOAP endpoint, and not to its web page.',
    },
  );
}
