import type {
  AuthRequirement,
  Json,
  JsonObject,
  JsonSchema,
  Operation,
  Provenance,
} from '@counterpart/schemas';
import { readRequirements, undeclaredSchemes } from '../document/access/auth.ts';
import { readBody, type BodySource, type ReadBody } from './body.ts';
import type { DocumentContext, OperationContext } from '../document/context.ts';
import { linksOf } from '../facets/links.ts';
import { effectOf } from './effects.ts';
import type { Found } from '../document/enumerate.ts';
import { examplesOf } from './examples.ts';
import type { Candidate } from '../document/include.ts';
import { isObject, listMember, member, objectMember, pointerTo, textMember } from '../source/json-tree.ts';
import { DESCRIPTION_BUDGET } from '../source/limits.ts';
import { hintOf } from '../document/hints.ts';
import { wordsOf } from '../text/names.ts';
import { Unusable } from '../document/omissions.ts';
import { collectParameters, readParameter, withKeys, type ReadParameter } from './parameters.ts';
import { pathOf } from '../document/paths.ts';
import { resolveObject, type Located } from '../document/references.ts';
import { refuseMarked } from '../document/refusals.ts';
import { streamOf } from './stream.ts';
import { acceptOf, mediaTypesOf, outputOf, readResponses } from './responses.ts';
import { serverList } from '../document/access/servers.ts';
import { upgradeBody } from '../source/swagger2.ts';
import { cutText, joinDescription, plainText } from '../text/text.ts';

/** Reads one operation. Undefined when it cannot become a tool: then the reason is among the losses. */
export function readOperation({ found, name }: Candidate, document: DocumentContext): Operation | undefined {
  const subject = `${found.method} ${found.path}`;
  const source: Provenance = {
    pointer: found.operation.pointer,
    ...(found.operationId === undefined ? {} : { operationId: found.operationId }),
  };
  const notes: string[] = [];
  const context: OperationContext = {
    ...document,
    subject,
    operationId: found.operationId,
    pointer: source.pointer,
    note: (text) => notes.push(text),
    lose({ code, severity, part, pointer, reason }) {
      const origin =
        found.operationId === undefined ? { pointer } : { pointer, operationId: found.operationId };
      document.losses.add({
        code,
        severity,
        subject: `${subject}: ${part}`,
        reason: sentence(reason),
        source: origin,
      });
    },
  };
  try {
    const operation = build(found, name, context);
    const shown = { ...source, pointer: document.show(source.pointer) };
    return { ...operation, source: shown, ...(notes.length > 0 ? { notes } : {}) };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    const part = partName(error.pointer, source.pointer, document.show);
    const reason = sentence(`${part} ${error.message}`.trim());
    document.losses.add({
      code: error.code,
      severity: 'operation',
      subject,
      reason,
      source: { ...source, pointer: error.pointer },
    });
    return undefined;
  }
}

/** Which part of an operation a pointer names, as the beginning of a sentence; nothing for the operation itself. */
function partName(pointer: string, operation: string, show: (pointer: string) => string): string {
  if (pointer === operation) return '';
  return pointer.startsWith(`${operation}/`) ? `its ${pointer.slice(operation.length + 1)}` : show(pointer);
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

function build(found: Found, name: string, context: OperationContext): Omit<Operation, 'source'> {
  const operation: Located<JsonObject> = resolveObject(context.root, found.operation);
  const { value } = operation;
  refuseMarked(operation, found.pathItem.value, context.root);
  const given = collectParameters(found.pathItem, operation, context);
  const { path, parameters } = pathOf(
    found.path,
    withKeys(given.flatMap((one) => readParameters(one, context))),
    context,
  );
  const source = bodySource(operation, given, context);
  const body = source === undefined ? undefined : readBody(source, context);
  const responses = readResponses(operation, context);
  const plainInput = inputOf(parameters, body);
  const listened = streamOf({ method: found.method, operation, path, responses, input: plainInput });
  reportCallbacks(operation, context);
  const servers = [
    ...serverList(member(value, 'servers'), context.location),
    ...serverList(member(found.pathItem.value, 'servers'), context.location),
  ];
  const output = outputOf(responses);
  const examples = examplesOf({ parameters, body, source: source?.value }, context.root);
  const auth = readRequirements(member(value, 'security'), context.schemes);
  reportUndeclared(member(value, 'security'), context);
  const links = linksOf(operation, context);
  return {
    name,
    ...titleOf(value),
    description: descriptionOf(value, found),
    tags: [...found.tags],
    ...(member(value, 'deprecated') === true ? { deprecated: true } : {}),
    ...effectOf(found.method, [
      ...name.split('_'),
      ...wordsOf(found.operationId ?? ''),
      ...wordsOf(found.path.split('/').at(-1) ?? ''),
    ]),
    input: plainInput,
    ...(output === undefined ? {} : { output }),
    http: {
      method: found.method,
      path,
      ...(servers.length > 0 ? { servers } : {}),
      parameters: parameters.map(({ binding }) => binding),
      ...(body === undefined ? {} : { body: body.binding }),
      responses,
      accept: acceptOf(responses, acceptedConstant(given)),
    },
    ...authOf({ auth, isIam: isIam(value) }, given, context),
    ...(examples.length > 0 ? { examples } : {}),
    ...(links.length > 0 ? { links } : {}),
    ...listened,
  };
}

function readParameters(given: Located<JsonObject>, context: OperationContext): ReadParameter[] {
  if (isBodyPart(given)) return [];
  const parameter = readParameter(given, context);
  return parameter === undefined ? [] : [parameter];
}

/** As Swagger 2.0 describes bodies, and as they are described under later versions by those who come from there. */
const isBodyPart = ({ value }: Located<JsonObject>): boolean =>
  /^(?:body|formdata)$/i.test(textMember(value, 'in') ?? '');

function bodySource(
  operation: Located<JsonObject>,
  given: readonly Located<JsonObject>[],
  context: OperationContext,
): BodySource | undefined {
  const described = context.dialect === '2.0' ? undefined : member(operation.value, 'requestBody');
  if (described !== undefined && described !== null)
    return resolveObject(context.root, {
      value: described,
      pointer: pointerTo(operation.pointer, 'requestBody'),
    });
  const parts = given.filter(isBodyPart);
  const [first] = parts;
  if (first === undefined) return undefined;
  const value = upgradeBody(parts, mediaTypesOf('consumes', operation.value, context.root), first.pointer);
  const isBody = textMember(first.value, 'in') === 'body';
  return {
    value,
    pointer: first.pointer,
    schemaPointer: isBody ? pointerTo(first.pointer, 'schema') : first.pointer,
  };
}

function reportCallbacks(operation: Located<JsonObject>, context: OperationContext): void {
  for (const name of Object.keys(objectMember(operation.value, 'callbacks'))) {
    const pointer = pointerTo(operation.pointer, 'callbacks', name);
    context.lose({
      code: 'callback',
      severity: 'notice',
      part: `callback ${name}`,
      pointer,
      reason: 'A callback is called by the service; it is no tool',
    });
  }
}

function titleOf(operation: JsonObject): Pick<Operation, 'title'> {
  const title = plainText(hintOf(operation, 'title') ?? textMember(operation, 'summary') ?? '').replaceAll(
    '\n',
    ' ',
  );
  return title === '' || title.length > 100 ? {} : { title: title.replace(/\.$/, '') };
}

function descriptionOf(operation: JsonObject, found: Found): string {
  const text =
    hintOf(operation, 'description') ??
    joinDescription(textMember(operation, 'summary'), textMember(operation, 'description'));
  const deprecated = member(operation, 'deprecated') === true && !/deprecated/i.test(text.slice(0, 200));
  const whole = `${deprecated ? 'Deprecated. ' : ''}${text === '' ? `${found.method} ${found.path}` : text}`;
  return cutText(whole, DESCRIPTION_BUDGET);
}

function inputOf(parameters: readonly ReadParameter[], body: ReadBody | undefined): JsonObject {
  const properties = parameters.map(({ binding, schema }): [string, JsonSchema] => [binding.key, schema]);
  if (body !== undefined) properties.push(['body', body.schema]);
  const required = parameters.filter(({ asked }) => asked).map(({ binding }) => binding.key);
  if (body?.binding.required === true) required.push('body');
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

const isHeader = ({ value }: Located<JsonObject>, name: string): boolean =>
  textMember(value, 'in') === 'header' && textMember(value, 'name')?.toLowerCase() === name;

/** A vendor's media type that a declared `Accept` parameter names as its only value or default. */
function acceptedConstant(given: readonly Located<JsonObject>[]): string | undefined {
  const accept = given.find((parameter) => isHeader(parameter, 'accept'))?.value;
  const schema = isObject(member(accept, 'schema')) ? member(accept, 'schema') : accept;
  const values = listMember(schema, 'enum');
  const value = member(schema, 'default') ?? member(schema, 'const') ?? values[0];
  return typeof value === 'string' && value.includes('/') ? value : undefined;
}

/** Name of the scheme made for descriptions that declare an `Authorization` parameter instead of a security scheme. */
export const AUTHORIZATION_SCHEME = 'authorization_header';

/** Name of the scheme made for operations that an export of API Gateway marks as authorised by AWS itself. */
export const AWS_SCHEME = 'aws_iam';

const isIam = (operation: JsonObject): boolean =>
  /^aws_iam$/i.test(textMember(member(operation, 'x-amazon-apigateway-auth'), 'type') ?? '');

function reportUndeclared(security: Json | undefined, context: OperationContext): void {
  const names = undeclaredSchemes(security, context.schemes);
  if (names === undefined) return;
  context.lose({
    code: 'reference-missing',
    severity: 'part',
    part: 'security',
    pointer: pointerTo(context.pointer, 'security'),
    reason: `asks for ${names}, which the description declares nowhere: it is called with what holds for all operations`,
  });
}

function authOf(
  { auth, isIam }: { readonly auth: AuthRequirement[] | undefined; readonly isIam: boolean },
  given: readonly Located<JsonObject>[],
  context: OperationContext,
): Pick<Operation, 'auth'> {
  if (auth !== undefined) return { auth };
  if (isIam) {
    const declared = Object.entries(context.schemes).find(([, { kind }]) => kind === 'aws-sigv4');
    return { auth: [{ [declared?.[0] ?? AWS_SCHEME]: [] }] };
  }
  const declares = given.some((parameter) => isHeader(parameter, 'authorization'));
  const isCovered = Object.keys(context.schemes).some((name) => name !== AUTHORIZATION_SCHEME);
  return declares && !isCovered ? { auth: [{ [AUTHORIZATION_SCHEME]: [] }] } : {};
}
