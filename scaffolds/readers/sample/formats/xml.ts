import { Notes } from '@counterpart/kit/data';
import { textPieces, XmlEvents, XmlRecordBuilder, type XmlHandlers } from '@counterpart/kit/data/xml';
import type { DataDialect, JsonObject } from '@counterpart/schemas';
import { MOST_SAMPLED, notice, type Open, type Part, type Parts } from './part.ts';
import { recordPaths, ShapeScan, type RecordPath } from './xml-shape.ts';

/** How much of a document is looked at for kinds of records, in characters. */
const LOOKED_AT = 256 * 1024 * 1024;

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/^.*:/, '');

/** Reads the beginning of a document until `isEnough`; true where that was all of it. */
async function scanned(
  open: Open,
  encoding: DataDialect['encoding'],
  handlers: XmlHandlers,
  isEnough: () => boolean,
): Promise<boolean> {
  const events = new XmlEvents(handlers, new Notes());
  let looked = 0;
  for await (const piece of textPieces(open(), encoding)) {
    looked += piece.length;
    if (looked > LOOKED_AT || isEnough()) return false;
    events.push(piece);
  }
  events.end();
  return true;
}

/** The first records of each path, in one reading. */
async function rowsAt(
  open: Open,
  encoding: DataDialect['encoding'],
  paths: readonly RecordPath[],
): Promise<ReadonlyMap<string, JsonObject[]>> {
  const all = paths.map(({ path }) => ({
    path,
    builder: new XmlRecordBuilder(path),
    rows: [] as JsonObject[],
  }));
  const handlers: XmlHandlers = {
    open: (...given) => all.forEach(({ builder }) => builder.open(...given)),
    text: (text) => all.forEach(({ builder }) => builder.text(text)),
    close: () => {
      for (const { builder, rows } of all) {
        builder.close();
        for (const { value } of builder.take()) if (rows.length < MOST_SAMPLED) rows.push({ ...value });
      }
    },
  };
  await scanned(open, encoding, handlers, () => all.every(({ rows }) => rows.length >= MOST_SAMPLED));
  return new Map(all.map(({ path, rows }) => [path, rows]));
}

/** The kinds of records of an XML document: elements that repeat. Throws ToolFailure for what is no XML. */
export async function xmlParts(open: Open, encoding: DataDialect['encoding']): Promise<Parts> {
  const scan = new ShapeScan();
  const isWhole = await scanned(open, encoding, scan, () => false);
  const { taken, left } = recordPaths(scan);
  const rows = await rowsAt(open, encoding, taken);
  const parts = taken.map(({ path }): Part => {
    const isTwice = taken.some((one) => one.path !== path && lastOf(one.path) === lastOf(path));
    const name = isTwice ? path.split('/').slice(-2).map(lastOf).join('_') : lastOf(path);
    return { name, dialect: { encoding, part: path }, rows: rows.get(path) ?? [] };
  });
  return {
    format: 'xml',
    title: `XML (${taken.map(({ path }) => path).join(', ')})`,
    parts,
    omitted: [
      ...(left.length === 0
        ? []
        : [
            notice(
              'guessed',
              'elements',
              `Elements that come seldom have no tools: ${left
                .slice(0, 8)
                .map(({ path, count }) => `${path} (${count})`)
                .join(', ')}.`,
            ),
          ]),
      ...(!isWhole
        ? [
            notice(
              'guessed',
              'elements',
              'Only the first 256 MiB were looked at: kinds of records that come first behind them have no tools.',
            ),
          ]
        : []),
    ],
  };
}
