import type {
  AuthRequirement,
  AuthScheme,
  Blueprint,
  BodyContent,
  Json,
  JsonObject,
  Operation,
  ParameterBinding,
  RequestSignature,
  ResponseBinding,
} from '@counterpart/schemas';
import { propertySchema, toWireSchema, wireNamesOf, type Telling } from './wire-schema.ts';

/** Every operation has a place of its own: those that share path and method get a fragment, which is not sent. */
function pathKeys(operations: readonly Operation[]): Map<Operation, string> {
  const taken = new Set<string>();
  const keys = new Map<Operation, string>();
  for (const operation of operations) {
    const { method, path } = operation.http;
    const key = taken.has(`${method} ${path}`) ? `${path}#${operation.name}` : path;
    taken.add(`${method} ${key}`);
    keys.set(operation, key);
  }
  return keys;
}

const defined = (members: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(
    Object.entries(members).filter((member): member is [string, Json] => member[1] !== undefined),
  );

function parameterObject(binding: ParameterBinding, operation: Operation, telling: Telling): Json {
  const declared = toWireSchema(propertySchema(operation.input, binding.key), telling);
  const schema =
    binding.default === undefined || typeof declared === 'boolean'
      ? declared
      : { ...declared, default: binding.default };
  const description = typeof schema === 'object' ? schema['description'] : undefined;
  const content = binding.contentType ?? (binding.style === 'content' ? 'application/json' : undefined);
  const whole = binding.in === 'querystring' || binding.style === 'content';
  return defined({
    name: binding.name,
    in: binding.in,
    required: binding.required ? true : undefined,
    description: typeof description === 'string' ? description : undefined,
    deprecated: binding.deprecated,
    allowReserved: binding.allowReserved,
    allowEmptyValue: binding.allowEmptyValue,
    ...(whole
      ? { content: { [content ?? 'application/x-www-form-urlencoded']: { schema } } }
      : { style: binding.style, explode: binding.explode, schema }),
  });
}

function bodyContent({ schema, encoding, names }: BodyContent, telling: Telling): Json {
  const own = new Map([...telling.names, ...Object.entries(names ?? {})]);
  return defined({
    schema: toWireSchema(schema, { ...telling, names: own }),
    encoding: encoding as Json | undefined,
  });
}

function responseObject({ description, contents, headers }: ResponseBinding, telling: Telling): Json {
  const content = contents.map(({ mediaType, schema, examples }): [string, Json] => [
    mediaType,
    defined({
      schema: schema === undefined ? undefined : toWireSchema(schema, telling),
      examples:
        examples === undefined || examples.length === 0
          ? undefined
          : Object.fromEntries(examples.map((value, index) => [`example${index + 1}`, { value }])),
    }),
  ]);
  return defined({
    description: description ?? '',
    content: content.length === 0 ? undefined : Object.fromEntries(content),
    headers:
      headers === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(headers).map(([name, schema]) => [
              name,
              { schema: toWireSchema(schema, telling) },
            ]),
          ),
  });
}

const requirements = (all: readonly AuthRequirement[]): Json => all.map((one) => ({ ...one }));

function operationObject(operation: Operation, telling: Telling): Json {
  const { http, auth, title, description, tags, deprecated } = operation;
  const { parameters, body, responses, servers } = http;
  return defined({
    operationId: operation.name,
    summary: title,
    description,
    tags: tags.length === 0 ? undefined : [...tags],
    deprecated,
    parameters:
      parameters.length === 0
        ? undefined
        : parameters.map((binding) => parameterObject(binding, operation, telling)),
    requestBody: body && {
      ...(body.required ? { required: true } : {}),
      content: Object.fromEntries(
        body.contents.map((content) => [content.mediaType, bodyContent(content, telling)]),
      ),
    },
    responses:
      responses.length === 0
        ? { default: { description: 'An answer.' } }
        : Object.fromEntries(responses.map((one) => [one.status, responseObject(one, telling)])),
    security: auth && requirements(auth),
    servers: servers as Json | undefined,
    'x-effect': operation.effect,
  });
}

/** The header that a document without the extension would name. */
const signatureHeader = (signature: RequestSignature): string =>
  signature.form === 'message-signatures'
    ? 'Signature'
    : (signature.places.find(({ value }) => value.includes('{signature}'))?.name ?? 'Signature');

function schemeObject(scheme: AuthScheme): Json {
  const { description } = scheme;
  switch (scheme.kind) {
    case 'api-key':
      return defined({ type: 'apiKey', in: scheme.in, name: scheme.name, description });
    case 'basic':
      return defined({ type: 'http', scheme: 'basic', description });
    case 'bearer':
      return defined({ type: 'http', scheme: 'bearer', bearerFormat: scheme.format, description });
    case 'http':
      return defined({ type: 'http', scheme: scheme.scheme, description });
    case 'oauth2':
      return defined({ type: 'oauth2', flows: scheme.flows as Json, description });
    case 'openid':
      return defined({ type: 'openIdConnect', openIdConnectUrl: scheme.url, description });
    case 'mutual-tls':
      return defined({ type: 'mutualTLS', description });
    case 'aws-sigv4':
      return defined({
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        'x-amazon-apigateway-authtype': 'awsSigv4',
        'x-counterpart-signature': defined({
          form: 'aws-sigv4',
          service: scheme.service,
          region: scheme.region,
        }),
        description,
      });
    case 'soap-header':
      return defined({
        type: 'apiKey',
        in: 'header',
        name: scheme.header.name,
        'x-counterpart-soap-header': scheme.header as Json,
        description,
      });
    case 'signature':
      return defined({
        type: 'apiKey',
        in: 'header',
        name: signatureHeader(scheme.signature),
        'x-counterpart-signature': scheme.signature as Json,
        description,
      });
  }
}

/** OpenAPI 3.2 is needed only where 3.1 has no words. */
const versionOf = ({ operations }: Blueprint): string =>
  operations.some(({ http }) =>
    [...http.parameters].some(({ in: place, style }) => place === 'querystring' || style === 'cookie'),
  ) || operations.some(({ http }) => !STANDARD_METHODS.has(http.method))
    ? '3.2.0'
    : '3.1.0';

const STANDARD_METHODS = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);

/**
 * The blueprint as an OpenAPI 3.1 document, or 3.2 where it needs what came with it; operationIds are the tools' names.
 * It holds for what was no OpenAPI document before as well: traffic, a data file, a GraphQL schema.
 */
export function toOpenApi(blueprint: Blueprint): JsonObject {
  const telling: Telling = { names: wireNamesOf(blueprint), typesAt: '#/components/schemas/' };
  const paths: Record<string, Record<string, Json>> = {};
  for (const [operation, key] of pathKeys(blueprint.operations)) {
    (paths[key] ??= {})[operation.http.method.toLowerCase()] = operationObject(operation, telling);
  }
  const schemas = Object.entries(blueprint.types).map(([name, schema]) => [
    name,
    toWireSchema(schema, telling),
  ]);
  const schemes = Object.entries(blueprint.auth.schemes).map(([name, one]) => [name, schemeObject(one)]);
  return defined({
    openapi: versionOf(blueprint),
    info: defined({
      title: blueprint.title,
      version: blueprint.version,
      description: blueprint.description,
    }),
    servers: blueprint.servers.length === 0 ? undefined : (blueprint.servers as Json),
    security: blueprint.auth.default.length === 0 ? undefined : requirements(blueprint.auth.default),
    paths,
    components: defined({
      schemas: schemas.length === 0 ? undefined : (Object.fromEntries(schemas) as Json),
      securitySchemes: schemes.length === 0 ? undefined : (Object.fromEntries(schemes) as Json),
    }),
  });
}
