import { baseUrlName } from './compile/credentials/env-names.ts';
import type { Env } from './env.ts';
import { createHttp, type Http } from './http/client.ts';
import { baseUrlOf } from './interpret/base-url.ts';
import { credentialsFor } from './credentials/credentials.ts';
import { filesOfSettings } from './files/setting.ts';
import { credentialsWanted } from './credentials/wanted.ts';
import { proofOf } from './credentials/proof.ts';
import type { ServerPackage } from './package.ts';
import { authorised } from './tokens/tokens.ts';
import type { CallRequest } from './protocol/offer.ts';
import type { ToolContext } from './tools/tool.ts';

function settings(server: ServerPackage, env: Env): (name: string) => string | undefined {
  const { config, secrets, hooks = [] } = server.manifest;
  const declared = new Set([
    ...[...config, ...secrets].map(({ name }) => name),
    ...hooks.map(({ setting }) => setting),
  ]);
  return (name) => {
    if (!declared.has(name))
      throw new TypeError(`${name} is not among the settings and secrets of manifest.json`);
    return env(name) ?? config.find((slot) => slot.name === name)?.default;
  };
}

/** The service's own client: its address, and its credentials when they are configured. */
async function serviceHttp(server: ServerPackage, env: Env, { name, signal }: CallRequest): Promise<Http> {
  const { config, id, permissions } = server.manifest;
  const hosts = permissions.net;
  const blueprint = await server.blueprint();
  if (!blueprint) {
    const address = baseUrlName(id);
    const declared = config.find(({ name }) => name === address)?.default;
    return createHttp({ hosts, signal, baseUrl: env(address) ?? declared });
  }
  const wanted = credentialsWanted(blueprint, name);
  const permit = await authorised(blueprint, wanted, env, signal);
  const credentials = credentialsFor(blueprint, permit.of(wanted), permit.env);
  const { headers, query, cookies } = credentials;
  const twin = blueprint.operations.find((operation) => operation.name === name);
  const baseUrl = baseUrlOf(blueprint, twin, env);
  const proof = await proofOf(credentials, baseUrl);
  return createHttp({ hosts, signal, headers, query, cookies, proof, baseUrl });
}

/** What a hand-written tool is given. The client is made on its first use, so a tool without a network needs no address. */
export function toolContext(server: ServerPackage, env: Env, request: CallRequest): ToolContext {
  const { signal, progress } = request;
  let http: Promise<Http> | undefined;
  const client = (): Promise<Http> => (http ??= serviceHttp(server, env, request));
  const setting = settings(server, env);
  return {
    signal,
    http: {
      request: async (call) => (await client()).request(call),
      json: async (call) => (await client()).json(call),
    },
    progress,
    setting,
    files: filesOfSettings(setting, signal),
  };
}
