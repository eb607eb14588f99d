import { expect, test } from 'vitest';
import { librariesOf } from './node-files.ts';

test('the libraries of a program are those that the loader names, itself included, and not the kernel’s page', () => {
  const answer = `
	linux-vdso.so.1 (0x00007fe049787000)
	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007fe049691000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fe04921e000)
	libgone.so.1 => not found
	/lib64/ld-linux-x86-64.so.2 (0x00007fe049789000)`;
  expect(librariesOf(answer)).toEqual([
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib/x86_64-linux-gnu/libm.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
});

test('a program linked into one piece needs no library', () => {
  expect(librariesOf('\tnot a dynamic executable\n')).toEqual([]);
});
