import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { errorCatalogue } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { ROOT } from './guards/proofs-reporter.ts';

test('what is generated from the contracts is checked in as it would be generated now', () => {
  const { status, stdout } = spawnSync(process.execPath, ['schemas/gen/gen.ts', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('the page of errors has an entry for every code and no other', () => {
  const page = readFileSync(`${ROOT}docs/errors.md`, 'utf8');
  const entries = [...page.matchAll(/^## ([A-Z_]+)$/gm)].map(([, code]) => code);
  expect(entries).toEqual(Object.keys(errorCatalogue));
});

test('every slot of a fix is filled by the parameters of its message or stands for the command at hand', () => {
  const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const free = new Set(['command', 'tool', 'port', 'variable']);
  const unfilled = Object.entries(errorCatalogue).flatMap(([code, { message, fix }]) =>
    slots(fix)
      .filter((name) => !slots(message).includes(name) && !free.has(name ?? ''))
      .map((name) => `${code}: {${name}}`),
  );
  expect(unfilled).toEqual([]);
});

test('what is unknown is not found on every surface: status 404, exit code 3', () => {
  const unlike = Object.entries(errorCatalogue)
    .filter(([code]) => code.endsWith('_UNKNOWN'))
    .filter(([, { status, exit }]) => status !== 404 || exit !== 3);
  expect(unlike).toEqual([]);
});

test('no code stands in the catalogue twice: the second would silently take the place of the first', () => {
  const written = globSync('schemas/src/catalogue/*.ts', { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(`${ROOT}${file}`, 'utf8').matchAll(/^ {2}([A-Z_]+): entry\(/gm)].map(([, code]) => code),
  );
  expect(new Set(written).size).toBe(written.length);
  expect(new Set(written)).toEqual(new Set(Object.keys(errorCatalogue)));
});
