import type { Blueprint, Operation, ServiceServer } from '@counterpart/schemas';
import { hubError } from '@counterpart/schemas/errors';
import { baseUrlName, serverVariableName } from '../compile/credentials/env-names.ts';
import { fillVariables, isAbsolute } from '../compile/servers.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';

function variableValue(
  id: string,
  servers: readonly ServiceServer[],
  env: Env,
): (name: string) => string | undefined {
  return (name) => {
    const described = servers
      .map((server) => server.variables?.[name])
      .find((variable) => variable !== undefined);
    const set = env(serverVariableName(id, name));
    if (set !== undefined && described?.enum && !described.enum.includes(set)) {
      throw new ToolFailure(`${serverVariableName(id, name)}: expected one of ${described.enum.join(', ')}.`);
    }
    return set ?? described?.default;
  };
}

function checked(url: string, id: string, variable: string): string {
  // The schemes that tools of gRPC write, which are those of HTTP in other words.
  const absolute = url.startsWith('//') ? `https:${url}` : url.replace(/^grpc(?=s?:)/i, 'http');
  const missing = /\{([^{}]+)\}/.exec(absolute)?.[1];
  if (missing !== undefined) {
    throw hubError('BASE_URL_MISSING', {
      server: id,
      detail: `{${missing}} has no value in ${url}`,
      variable: serverVariableName(id, missing),
    });
  }
  if (!/^https?:\/\/[^/?#]/i.test(absolute) || !URL.canParse(absolute)) {
    throw hubError('BASE_URL_MISSING', {
      server: id,
      detail: `${JSON.stringify(url)} is not an http(s) address`,
      variable,
    });
  }
  return absolute.replace(/[?#].*$/, '').replace(/\/+$/, '');
}

/**
 * Absolute address an operation's path is appended to, without a slash at its end. `<ID>_BASE_URL` wins over everything,
 * so that one variable points all calls to another host. Throws BASE_URL_MISSING, naming the variable that would help.
 */
export function baseUrlOf(
  blueprint: Pick<Blueprint, 'id' | 'servers'>,
  operation: Pick<Operation, 'http'> | undefined,
  env: Env,
): string {
  const { id } = blueprint;
  const variable = baseUrlName(id);
  const servers = operation?.http.servers ?? blueprint.servers;
  const template = env(variable) ?? servers.find(isAbsolute)?.url;
  if (template === undefined) {
    const found =
      servers[0] === undefined
        ? 'its description names none'
        : `its description names ${JSON.stringify(servers[0].url)}`;
    throw hubError('BASE_URL_MISSING', { server: id, detail: found, variable });
  }
  return checked(
    fillVariables(template, variableValue(id, [...servers, ...blueprint.servers], env)),
    id,
    variable,
  );
}
