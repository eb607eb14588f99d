import { readFileSync } from 'node:fs';
import type { Json } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { descriptionFile, hasDescriptions } from './descriptions.ts';
import { blueprintOf, blueprintOfJson, differences, toolForms } from './tools/tool-forms.ts';

/** What authors wrote anew for the second description; it is read right in both. */
const WORDS = /\/(?:examples|description|title|default)(?:\/|$)/;

/** Where the two documents say different things. */
const TRUE_DIFFERENCES = [
  // The older one says that only null comes or goes, the newer one no more than that null may.
  /^(?:DELETE|POST|PATCH) \S+ \/(?:outputSchema\/properties\/result|inputSchema\/properties\/body)\/type$/,
  // One answers an object where the other answers a list of them.
  /^GET \/subusers\/stats \/outputSchema/,
  // Two operations have one operationId in the older one.
  /^POST \/designs(?:\/\{id\})? \/name$/,
  // Rewritten by hand.
  /^PUT \/marketing\/singlesends\/\{id\}\/schedule .*\/send_at\/enum$/,
  /^POST \/contactdb\/recipients\/search .*\/conditions\/items/,
  /^GET \/messages .*\/last_event_time\/type/,
  /^(?:GET|PATCH) \/asm\/groups.*\/last_email_sent_at\/type$/,
];

describe.skipIf(!hasDescriptions)('one service, described twice', () => {
  test('gives the same tools in Swagger 2.0 and in OpenAPI 3.1', async () => {
    const [old, modern] = [await blueprintOf('sendgrid-v2.json'), await blueprintOf('sendgrid3.json')].map(
      toolForms,
    );
    const found = [...(old ?? [])].map(([place, tool]) => ({
      place,
      at: differences(tool, modern?.get(place)),
    }));
    const exact = found.filter(({ at }) => at.length === 0).length;
    const others = found.flatMap(({ place, at }) =>
      at.filter((pointer) => !WORDS.test(pointer)).map((pointer) => `${place} ${pointer}`),
    );
    console.log(
      `equal to the byte: ${exact} of ${found.length}; differing in more than words: ${others.length}`,
    );
    expect(found.length).toBe(334);
    expect(exact).toBeGreaterThanOrEqual(280);
    const strange = others.filter((line) => !TRUE_DIFFERENCES.some((known) => known.test(line)));
    expect(strange).toEqual([]);
    expect(others.length).toBeLessThanOrEqual(27);
  }, 60_000);

  test.each([
    'museum.yaml',
    'petstore.yaml',
    'xero-files.yaml',
    'twilio-verify.json',
    'process-compose-v2.json',
  ])('gives the same tools whether %s refers to its parts or holds them', async (file) => {
    const document = parse(readFileSync(descriptionFile(file), 'utf8'), { merge: true }) as Json;
    const referring = toolForms(await blueprintOfJson(document));
    const holding = toolForms(await blueprintOfJson(dereferenced(document, document, [])));
    const found = [...referring].flatMap(([place, tool]) =>
      differences(tool, holding.get(place))
        .filter((pointer) => !WORDS.test(pointer))
        .map((pointer) => `${place} ${pointer}`),
    );
    expect(found).toEqual([]);
    expect(referring.size).toBeGreaterThan(5);
  });
});

/** A copy in which every reference is replaced by what it refers to. Throws for a circle. */
function dereferenced(value: Json, root: Json, open: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item: Json) => dereferenced(item, root, open));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref: reference, ...rest } = value as { readonly [key: string]: Json };
  if (typeof reference !== 'string')
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, dereferenced(one, root, open)]),
    );
  if (open.includes(reference)) throw new Error(`${reference} refers to itself`);
  const steps = reference
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  const target = steps.reduce<Json>(
    (at, step) => (at as { readonly [key: string]: Json })[step] ?? null,
    root,
  );
  const held = dereferenced(target, root, [...open, reference]);
  const { description, ...others } = rest;
  const isOverridden = typeof description === 'string' && Object.keys(others).length === 0;
  return isOverridden ? { ...(held as object), description } : held;
}
