import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  CounterpartError,
  type HarFile,
  hubError,
  HybridKind,
  type MirrorChange,
  MirrorMode,
  MirrorName,
  type MirrorParts,
  MirrorSettings,
} from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { z } from 'zod';
import { didYouMean } from '../../../kernel/nearest.ts';
import { toServerId } from '../../../builder/server-id.ts';
import { defineCommand } from '../../command.ts';
import type { Context } from '../../context.ts';
import type { HubApi } from '../../api/hub-api.ts';
import { createHubApi } from '../../api/hub-api.ts';
import { count } from '../../output/text/format.ts';
import { mcpSource } from '../../input/mcp-source.ts';
import { findSettledHub } from '../../running/running-hub.ts';
import { readServersFolder } from '../../server-folder.ts';
import { silentHub } from '../../running/with-hub.ts';
import { readHarFile } from '../../input/har-file.ts';
import { renderMirror } from './render.ts';

const Input = z.object({
  source: z.string().optional(),
  from: z.string().optional(),
  name: MirrorName.optional(),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  mode: MirrorMode.optional(),
  hybrid: HybridKind.optional(),
  target: z.url({ protocol: /^https?$/, error: 'an http or https address is needed' }).optional(),
  credentials: z.enum(['caller', 'environment']).optional(),
  seed: z.coerce.number().int().optional(),
  strictAuth: z.boolean().optional(),
  tools: z.boolean().optional(),
  foreground: z.boolean().default(false),
});
type Input = z.infer<typeof Input>;

export const start = defineCommand({
  name: 'start',
  parent: 'mirror',
  group: 'builds',
  summary: 'Start a mirror, or go on with one',
  description:
    'In a running hub the mirror answers below /mirror/<name>/ and, with --port, on a port of its own; it goes on after a restart of the hub. Without a running hub, or with --foreground, it answers until Ctrl-C and keeps nothing. The source is a built server, a mirror that was started before, or a description: a file, a URL, or a HAR recording. With --target alone, only the address of a service is known, and everything it answers can be recorded.',
  arguments: [['[source]', 'A server’s or mirror’s name, or a description’s file or URL']],
  options: [
    ['--from <source>', 'A description’s file or URL, or a HAR file'],
    ['--name <name>', 'Name of the mirror (default: the server’s, or from the description’s title)'],
    ['-p, --port <number>', 'A port of its own; 0 takes a free one'],
    ['-m, --mode <mode>', 'Where answers come from (default: simulate)', { choices: MirrorMode.options }],
    ['--hybrid <kind>', 'What the mode hybrid mixes', { choices: HybridKind.options }],
    ['--target <url>', 'Address of the real service, instead of the description’s'],
    [
      '--credentials <whose>',
      'For the real service: the caller’s, or the hub’s own',
      { choices: ['caller', 'environment'] },
    ],
    ['--seed <number>', 'What made-up data depends on (default: 1)'],
    ['--strict-auth', 'Answer 401 where the description asks for a credential and none is sent'],
    ['--tools', 'Offer its control tools at the hub’s endpoint, as the server <name>-mirror'],
    ['--no-tools', 'Offer them no longer'],
    ['--foreground', 'Answer until Ctrl-C, without the hub'],
  ],
  examples: [
    ['hub mirror start weather', 'the service of a built server'],
    ['hub mirror start --from openapi.yaml --port 4010', 'straight from a description'],
    ['hub mirror start weather --mode spy', 'the real service, watched'],
    [
      'hub mirror start shop --target https://api.shop.example --mode record',
      'of which no description is known',
    ],
  ],
  input: Input,
  async run(context, input) {
    const presence = input.foreground
      ? undefined
      : await findSettledHub(context.home, SETTLE_MS, context.signal);
    if (presence?.kind === 'silent') throw silentHub(presence);
    if (presence?.kind !== 'running') return inForeground(context, input);
    const hub = createHubApi(presence.address, context.signal);
    const mirror = await startInHub(hub, context, input);
    context.result(mirror, () => renderMirror(context, mirror));
  },
});

const SETTLE_MS = 30_000;

/** Settings that were given; the others stay as they are. */
const changeOf = ({ mode, hybrid, target, credentials, seed, strictAuth }: Input): MirrorChange =>
  Object.fromEntries(
    Object.entries({ mode, hybrid, target, credentials, seed, strictAuth }).filter(
      ([, value]) => value !== undefined,
    ),
  );

async function startInHub(hub: HubApi, context: Context, input: Input) {
  const { port, tools } = input;
  const common = {
    ...(port === undefined ? {} : { port }),
    ...(tools === undefined ? {} : { tools }),
  };
  const origin = await originOf(context, input, await knownNames(hub));
  if (origin.kind === 'name')
    return hub.mirrors.start({ name: origin.name, ...common, settings: changeOf(input) });
  const { blueprint, har } = origin;
  const name = input.name ?? blueprint.id;
  const settings = { ...(har ? { mode: 'hybrid' as const } : {}), ...changeOf(input) };
  const started = await hub.mirrors.start({ name, blueprint, ...common, settings });
  if (!har) return started;
  await hub.mirrors.importRecording(name, 'default', har);
  return hub.mirrors.change(name, {});
}

async function knownNames(hub: HubApi): Promise<ReadonlySet<string>> {
  const [servers, mirrors] = await Promise.all([hub.servers(), hub.mirrors.list()]);
  return new Set([...servers.map(({ id }) => id), ...mirrors.map(({ name }) => name)]);
}

type Origin =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'description'; readonly blueprint: Blueprint; readonly har: HarFile | undefined };

async function originOf(
  context: Context,
  { source, from, name, target }: Input,
  known: ReadonlySet<string>,
): Promise<Origin> {
  const place =
    from ?? (source !== undefined && !known.has(source) && isPlace(context, source) ? source : undefined);
  if (place !== undefined)
    return {
      kind: 'description',
      ...(await context.working(`reading ${place}`, () =>
        readDescription(context, place).catch((error: unknown) => {
          throw from === undefined ? withNames(error, place, known) : error;
        }),
      )),
    };
  const meant = source ?? name ?? (target === undefined ? undefined : toServerId(new URL(target).hostname));
  if (meant !== undefined) return { kind: 'name', name: meant };
  throw hubError('USAGE', { detail: 'a source, --from or --target is needed', command: 'hub mirror start' });
}

/** Where nothing is at a place, a name may have been meant. */
function withNames(error: unknown, place: string, known: ReadonlySet<string>): unknown {
  if (!(error instanceof CounterpartError) || error.code !== 'SOURCE_UNREADABLE' || /^https?:/i.test(place))
    return error;
  const word = basename(place).replace(/\.[^.]*$/, '');
  const near = didYouMean(word, known);
  const names = [...known].slice(0, 5).join(', ');
  const hint = near === '' && names !== '' ? ` Servers and mirrors here: ${names}.` : near;
  const detail = `there is no such file, and no server or mirror of that name.${hint}`;
  return hubError('SOURCE_UNREADABLE', { source: place, detail }, { cause: error });
}

/** A file, a URL, or what looks like one: names of mirrors have no dot, no colon and no slash. */
const isPlace = ({ io }: Context, text: string): boolean =>
  /[/.:\\]/.test(text) || text === '-' || existsSync(resolve(io.cwd, text));

async function readDescription(
  context: Context,
  place: string,
): Promise<{ blueprint: Blueprint; har: HarFile | undefined }> {
  const { compileSource } = await import('../../../builder/source/compile-source.ts');
  const { blueprint } = await compileSource({
    from: place,
    source: await mcpSource(context, place),
    serversDir: context.home.serversDir,
    signal: context.signal,
  });
  const isHar = /\.har$/i.test(place) && existsSync(resolve(context.io.cwd, place));
  return { blueprint, har: isHar ? await readHarFile(context.io.cwd, place) : undefined };
}

async function inForeground(context: Context, input: Input): Promise<void> {
  const { paint, json, signal } = context;
  const { servers } = readServersFolder(context);
  const origin = await originOf(context, input, new Set(servers.keys()));
  const described =
    origin.kind === 'name' ? { blueprint: builtBlueprint(context, origin.name), har: undefined } : origin;
  const { blueprint, har } = described;
  const parts: MirrorParts = {
    name: input.name ?? blueprint.id,
    blueprint,
    settings: MirrorSettings.parse({ ...(har ? { mode: 'hybrid' } : {}), ...changeOf(input) }),
    memory: { memory: 1, faults: [] },
    scenarios: {},
    recordings: har ? { default: har } : {},
  };
  if (parts.settings.mode === 'record' || parts.settings.mode === 'live')
    throw hubError('HUB_NOT_RUNNING', { home: context.home.directory });
  const { serveParts } = await import('@counterpart/scaffolds/mirror/alone/serve-parts');
  const running = await serveParts(parts, {
    ...(input.port === undefined ? {} : { port: input.port }),
    env: (name) => context.io.env[name],
    observe: ({ status, method, path, problems }) => {
      const line = `${status} ${method} ${path}${problems.length > 0 ? `  ${problems.join('; ')}` : ''}`;
      if (!json) context.note(paint.faint(line));
    },
  });
  try {
    const { seed, mode } = parts.settings;
    const operations = blueprint.operations.length;
    context.result({ id: blueprint.id, url: running.url, operations, seed, mode }, () =>
      [
        `${paint.good('●')} The mirror of ${paint.strong(blueprint.title)} answers at ${paint.code(running.url)}   ${paint.faint('Ctrl-C ends it')}`,
        `  ${count(operations, 'operation')}, seed ${seed}; with a running hub it would keep what it holds`,
      ].join('\n'),
    );
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await running.close();
  }
}

function builtBlueprint(context: Context, name: string): Blueprint {
  const { servers } = readServersFolder(context);
  const server = servers.get(name);
  if (!server)
    throw hubError('MIRROR_UNKNOWN', { mirror: name, suggestion: didYouMean(name, servers.keys()) });
  const file = join(server.directory, server.manifest.blueprint?.path ?? 'blueprint.json');
  if (!existsSync(file)) throw hubError('MIRROR_IMPOSSIBLE', { server: name });
  const parsed = Blueprint.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw hubError('BLUEPRINT_INVALID', { file, detail: z.prettifyError(parsed.error) });
  return parsed.data;
}
