import { readFileSync } from 'node:fs';
import { credentialNames, baseUrlName, serverVariableName } from '@counterpart/kit/settings';
import type { Blueprint, Json, JsonObject, Operation } from '@counterpart/schemas';
import { styleOf } from '@counterpart/schemas/blueprint/blueprint';
import { pascalCase, snakeCase, uniqueNames } from './names.ts';
import { pythonDeclaration, pythonString, pythonType } from './python-types.ts';

const KEYWORDS = new Set(
  'false none true and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case type self'.split(
    ' ',
  ),
);
/** Names that the generated module has of its own. */
const OWN_NAMES = new Set(
  'Any Client Dict InputError List Literal Mapping Optional Path Required ServiceError Service TypedDict Union UNSET'.split(
    ' ',
  ),
);

const LONGEST_DOCSTRING = 1_000;

/** Files of a Python package that calls the service; operations of other styles than plain HTTP are left out and named. */
export interface PythonClient {
  readonly files: ReadonlyMap<string, string>;
  readonly leftOut: readonly string[];
}

const runtime = (file: string): string => readFileSync(new URL(`./python/${file}`, import.meta.url), 'utf8');

/** A Python package without dependencies, for Python 3.11 and later. */
export function pythonClient(blueprint: Blueprint): PythonClient {
  const operations = blueprint.operations.filter((operation) => styleOf(operation) === 'http');
  const leftOut = blueprint.operations
    .filter((operation) => styleOf(operation) !== 'http')
    .map(({ name }) => name);
  const folder = snakeCase(blueprint.id);
  const project = [
    '[project]',
    `name = ${pythonString(`${blueprint.id}-client`)}`,
    'version = "1.0.0"',
    'requires-python = ">=3.11"',
    '',
    '[tool.setuptools.package-data]',
    `${folder} = ["service.json"]`,
    '',
  ];
  return {
    leftOut,
    files: new Map([
      ['pyproject.toml', project.join('\n')],
      [`${folder}/__init__.py`, moduleText(blueprint, operations)],
      [`${folder}/_service.py`, runtime('_service.py')],
      [`${folder}/_wire.py`, runtime('_wire.py')],
      [`${folder}/service.json`, `${JSON.stringify(descriptionOf(blueprint, operations), undefined, 1)}\n`],
    ]),
  };
}

/** What the runtime reads: how each operation travels, and the names of settings. */
function descriptionOf(blueprint: Blueprint, operations: readonly Operation[]): JsonObject {
  const { id, servers, auth } = blueprint;
  const variables = [...servers, ...operations.flatMap(({ http }) => http.servers ?? [])].flatMap((server) =>
    Object.keys(server.variables ?? {}).map((name) => [name, serverVariableName(id, name)] as const),
  );
  return {
    id,
    servers: servers as Json,
    schemes: auth.schemes as Json,
    auth: auth.default,
    settings: {
      baseUrl: baseUrlName(id),
      variables: Object.fromEntries(variables),
      credentials: Object.fromEntries(credentialNames(blueprint)) as Json,
    },
    operations: operations.map(({ name, http, auth: wanted }): JsonObject => {
      const { method, path, servers: own, parameters, body, accept } = http;
      return {
        name,
        ...(wanted === undefined ? {} : { auth: wanted }),
        http: {
          method,
          path,
          ...(own === undefined ? {} : { servers: own as Json }),
          parameters: parameters as Json,
          ...(body === undefined
            ? {}
            : {
                body: {
                  ...body,
                  contents: body.contents.map(({ xml: _form, ...one }) => ({ ...one, schema: true })),
                } as Json,
              }),
          accept,
        },
      };
    }),
  };
}

function moduleText(blueprint: Blueprint, operations: readonly Operation[]): string {
  const nameOf = uniqueNames(Object.keys(blueprint.types), pascalCase, OWN_NAMES);
  const methodOf = uniqueNames(
    operations.map(({ name }) => name),
    identifier,
    new Set(['call']),
  );
  const types = Object.entries(blueprint.types).map(([name, schema]) =>
    pythonDeclaration(nameOf.get(name) ?? '', schema, nameOf),
  );
  const methods = operations.map((operation) =>
    methodText(operation, methodOf.get(operation.name) ?? '', nameOf),
  );
  return [HEAD, ...types, '', CLASS_HEAD, ...methods, ''].join('\n');
}

const HEAD = `# Written by \`hub sdk\`: changes are lost when it is written anew.
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Literal, Mapping, Optional, Required, TypedDict, Union

from ._service import UNSET, Service, ServiceError
from ._wire import InputError

__all__ = ["Client", "InputError", "ServiceError"]
`;

const CLASS_HEAD = `
class Client:
    """Calls the service. Settings that are not given are read from the environment."""

    def __init__(self, settings: Optional[Mapping[str, str]] = None, timeout: float = 60.0) -> None:
        description = json.loads(Path(__file__).with_name("service.json").read_text("utf-8"))
        self._service = Service(description, settings, timeout)
`;

/** A name that Python takes: never a keyword, never empty. */
const identifier = (text: string): string => {
  const name = snakeCase(text);
  return KEYWORDS.has(name) ? `${name}_` : name;
};

function methodText(operation: Operation, name: string, nameOf: ReadonlyMap<string, string>): string {
  const { input, output, description } = operation;
  const properties =
    typeof input === 'object' && typeof input['properties'] === 'object' && input['properties'] !== null
      ? Object.entries(input['properties'])
      : [];
  const needed = new Set(
    typeof input === 'object' && Array.isArray(input['required']) ? input['required'] : [],
  );
  const argumentOf = uniqueNames(
    properties.map(([key]) => key),
    identifier,
    new Set(['self']),
  );
  const required = properties.filter(([key]) => needed.has(key));
  const optional = properties.filter(([key]) => !needed.has(key));
  const parameters = [
    ...required.map(([key, schema]) => `${argumentOf.get(key) ?? ''}: ${pythonType(schema, nameOf)}`),
    ...optional.map(([key, schema]) => `${argumentOf.get(key) ?? ''}: ${pythonType(schema, nameOf)} = UNSET`),
  ];
  const given = properties.map(([key]) => `            ${pythonString(key)}: ${argumentOf.get(key) ?? ''},`);
  return [
    '',
    `    def ${name}(self${parameters.length === 0 ? '' : ', *, '}${parameters.join(', ')}) -> ${output === undefined ? 'Any' : pythonType(output, nameOf)}:`,
    `        ${pythonString(description.slice(0, LONGEST_DOCSTRING))}`,
    `        return self._service.call(${pythonString(operation.name)}, {`,
    ...given,
    '        })',
  ].join('\n');
}
