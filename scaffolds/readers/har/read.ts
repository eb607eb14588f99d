import { hubError, type Json, type JsonObject, type Omission, type Operation } from '@counterpart/schemas';
import { isArray, isObject } from '../openapi/source/json-tree.ts';
import { readOpenApi } from '../openapi/read.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { describeTraffic, type DescribedTraffic } from './document/document.ts';
import { otherHosts, recordingOmissions } from './document/omissions.ts';
import { chooseHosts } from './entries/hosts.ts';
import { readRecording } from './entries/recording.ts';
import type { Vault } from './secrets/vault.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'har@1';

/**
 * Compiles recorded traffic (HAR 1.1 and 1.2 of any exporter) into a blueprint. Secrets are taken out before anything
 * leaves this function. Rejects with SOURCE_NOT_A_DESCRIPTION when there is no list of entries, and with HOST_UNMATCHED.
 */
export async function readHar(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const recording = await readRecording(
    source.chunks?.() ?? chunksOf(source),
    options.keepPersonal === true ? 'keep' : 'redact',
  );
  if (!recording.end.found)
    throw hubError('SOURCE_NOT_A_DESCRIPTION', {
      source: source.location,
      detail: 'it has no `log.entries`',
    });
  const { exchanges, pages } = recording;
  const { chosen, others } = chooseHosts(exchanges, pages, {
    wanted: options.hosts ?? [],
    location: source.location,
  });
  const traffic = await describeTraffic(chosen, recording);
  const text = JSON.stringify(withoutSecrets(traffic.document, recording.vault));
  const { blueprint, total } = await readOpenApi({ ...source, text }, options);
  const made = blueprint.omitted.map((one) => ({ ...one, source: placeIn(one.source.pointer, traffic) }));
  const operations = blueprint.operations.map((operation) => withPlace(operation, traffic));
  return {
    total,
    blueprint: {
      ...blueprint,
      source: { ...blueprint.source, kind: 'har', format: recording.format, reader: READER },
      operations,
      omitted: [...recordingOmissions(recording), ...otherHosts(others), ...traffic.omitted, ...made],
    },
  };
}

function* chunksOf(source: SourceText): Generator<Uint8Array> {
  const text = source.text;
  const step = 1024 * 1024;
  const encoder = new TextEncoder();
  for (let at = 0; at < text.length;) {
    // Never between the halves of one character.
    const cut = at + step;
    const isSplit = cut < text.length && /[\uD800-\uDBFF]/.test(text[cut - 1] ?? '');
    const end = isSplit ? cut + 1 : cut;
    yield encoder.encode(text.slice(at, end));
    at = end;
  }
}

/** The last look: whatever way a secret came, it does not go on. Keys of paths are fixed text that was looked at already. */
export function withoutSecrets(document: JsonObject, vault: Vault): JsonObject {
  const clean = (value: Json): Json => {
    if (typeof value === 'string') return vault.text(value);
    if (isArray(value)) return value.map(clean);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [vault.text(key), clean(one)]));
  };
  const { paths, ...rest } = document;
  const cleaned = Object.entries(isObject(paths) ? paths : {}).map(([path, item]): [string, Json] => [
    path,
    clean(item),
  ]);
  return { ...rest, paths: Object.fromEntries(cleaned) };
}

/** The entry in which an operation was first recorded, for a pointer into the description that was made of it. */
function placeIn(pointer: string, { firstEntry }: DescribedTraffic): Omission['source'] {
  const operation = /^#\/paths\/[^/]+\/[^/]+/.exec(pointer)?.[0];
  const entry = operation === undefined ? undefined : firstEntry.get(operation);
  return { pointer: entry === undefined ? '#/log' : `#/log/entries/${entry}` };
}

function withPlace(operation: Operation, traffic: DescribedTraffic): Operation {
  const { pointer, operationId } = operation.source;
  const source = { ...placeIn(pointer, traffic), ...(operationId === undefined ? {} : { operationId }) };
  const isQuery = traffic.reading.has(pointer);
  return { ...operation, ...(isQuery ? { effect: 'read', idempotent: true } : {}), source };
}
