import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hubError, Manifest, ToolDefinition } from '@counterpart/schemas';
import { z } from 'zod';
import { toJsonText } from '../write.ts';
import { textFile, within, type PackedFile } from './files.ts';
import { mcpbManifest, SERVER_FOLDER } from './mcpb.ts';
import { toTarball } from './tar.ts';
import { toZip } from './zip.ts';

/** An archive of a server, and what is in it. */
export interface Archive {
  /** `<name>-<version>.tgz` or `.mcpb`. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Paths inside it. */
  readonly files: readonly string[];
}

/** What goes out; sources and tests stay at home, and so does everything else of the folder. */
const SHIPPED = ['manifest.json', 'tools.json', 'blueprint.json', 'README.md', 'LICENSE'];

const Package = z.looseObject({
  name: z.string(),
  version: z.string(),
  author: z
    .union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)])
    .exactOptional(),
  license: z.string().exactOptional(),
  bin: z.record(z.string(), z.string()).exactOptional(),
  engines: z.looseObject({ node: z.string() }).exactOptional(),
});
type Package = z.infer<typeof Package>;

const NODE = '>=22.18';
/** Who made a server that names nobody. */
const MAKER = 'Counterpart';

/** Both archives of a server's folder, whose bundle is in place. Equal folders give equal bytes. Throws PACK_REFUSED. */
export async function packServer(dir: string): Promise<{ readonly npm: Archive; readonly mcpb: Archive }> {
  const manifest = await readAs(dir, 'manifest.json', Manifest);
  const tools = await readAs(dir, 'tools.json', z.array(ToolDefinition));
  const own = await readAs(dir, 'package.json', Package);
  const { author = MAKER, license, engines: { node } = { node: NODE } } = own;
  const files = [
    textFile('package.json', toJsonText(published(own, manifest))),
    ...(await shippedOf(dir)),
    await programOf(dir, manifest.entry),
  ];
  const npm = files.map((file) => within('package', file));
  const mcpb = [
    textFile('manifest.json', toJsonText(mcpbManifest({ manifest, tools, author, license, node }))),
    ...files.map((file) => within(SERVER_FOLDER, file)),
  ];
  const stem = `${manifest.id}-${manifest.version}`;
  return {
    npm: { name: `${stem}.tgz`, bytes: toTarball(npm), files: npm.map(({ path }) => path) },
    mcpb: { name: `${stem}.mcpb`, bytes: toZip(mcpb), files: mcpb.map(({ path }) => path) },
  };
}

async function readAs<T>(dir: string, file: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(join(dir, file), 'utf8').catch(() => 'null');
  const parsed = schema.safeParse(asJson(text));
  if (parsed.success) return parsed.data;
  throw hubError('PACK_REFUSED', { server: dir, detail: `${file}: ${z.prettifyError(parsed.error)}` });
}

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The bundle needs nothing, so nothing is installed with it, and no script is ever run. */
function published(own: Package, { version, description }: Manifest): object {
  const { private: _private, scripts: _scripts, devDependencies: _tools, ...rest } = own;
  return { ...rest, version, ...(description === undefined ? {} : { description }) };
}

async function shippedOf(dir: string): Promise<PackedFile[]> {
  const found = await Promise.all(
    SHIPPED.map(async (path) => {
      const facts = await stat(join(dir, path)).catch(() => undefined);
      return facts?.isFile() === true ? [{ path, content: await readFile(join(dir, path)) }] : [];
    }),
  );
  return found.flat();
}

const SHEBANG = '#!/usr/bin/env node\n';

/** What `npx` starts on Unix needs to say by which program it is run. */
async function programOf(dir: string, path: string): Promise<PackedFile> {
  const content = await readFile(join(dir, path));
  const isMarked = content.subarray(0, 2).toString() === '#!';
  return {
    path,
    content: isMarked ? content : Buffer.concat([Buffer.from(SHEBANG), content]),
    isProgram: true,
  };
}
