import type { Blueprint, ServiceServer } from '@counterpart/schemas';

const VARIABLE = /\{([^{}]*)\}/g;
const ABSOLUTE = /^(?:https?:|\{[^{}]+\}:)?\/\/[^/?#]/i;
const MOST_COMBINATIONS = 64;

/** True when the address names a host, so that it can be called without a base URL from the environment. */
export function isAbsolute(server: Pick<ServiceServer, 'url'>): boolean {
  return ABSOLUTE.test(server.url);
}

/** The blueprint's servers and those of single operations. */
export function allServers(blueprint: Blueprint): ServiceServer[] {
  return [...blueprint.servers, ...blueprint.operations.flatMap((operation) => operation.http.servers ?? [])];
}

/** Replaces each `{name}` by what `value` gives; undefined leaves it as it stands. */
export function fillVariables(template: string, value: (name: string) => string | undefined): string {
  return template.replace(VARIABLE, (whole, name: string) => value(name) ?? whole);
}

/** Every text a template can become when variables with an enum take each of their values, up to a limit. */
function expansions(template: string, server: ServiceServer): string[] {
  let texts = [template];
  for (const [name, variable] of Object.entries(server.variables ?? {})) {
    if (!variable.enum || !template.includes(`{${name}}`)) continue;
    const values = variable.enum;
    texts = texts.flatMap((text) => values.map((value) => text.replaceAll(`{${name}}`, value)));
    if (texts.length > MOST_COMBINATIONS) return [];
  }
  return texts;
}

function hostPort(address: string): string[] {
  const parts = /^(https?|\*)?:?\/\/([^/?#]+)/i.exec(address);
  const authority = parts?.[2];
  if (authority === undefined) return [];
  const [, host = '', port] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? [];
  // A lone `*` would allow every host; such a server is reached through its base URL setting instead.
  if (host === '' || host === '*' || /^\*\.?[^.]*$/.test(host)) return [];
  return [`${host.toLowerCase()}:${port ?? (parts?.[1]?.toLowerCase() === 'http' ? '80' : '443')}`];
}

/** `host:port` of one server in all its variants; free variables are `*`, a wholly free host is left out. */
export function expandHosts(server: ServiceServer): string[] {
  return expansions(server.url, server)
    .map((text) => fillVariables(text, () => '*'))
    .flatMap(hostPort);
}
