import { expect, test } from 'vitest';
import { seccompFilter } from './seccomp.ts';

/** What the filter answers to a system call, run as the kernel would. */
function verdict(filter: Buffer, call: { readonly number: number; readonly audit: number }): number {
  let at = 0;
  let word = 0;
  for (;;) {
    const [code, ifTrue, ifFalse, value] = [
      filter.readUInt16LE(at * 8),
      filter.readUInt8(at * 8 + 2),
      filter.readUInt8(at * 8 + 3),
      filter.readUInt32LE(at * 8 + 4),
    ];
    at += 1;
    if (code === 0x06) return value;
    if (code === 0x20) word = value === 0 ? call.number : call.audit;
    else if (code === 0x15) at += word === value ? ifTrue : ifFalse;
    else if (code === 0x35) at += word >= value ? ifTrue : ifFalse;
    else throw new Error(`unknown instruction ${code}`);
  }
}

const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const KILL = 0x80000000;
const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;

test.each([
  ['x64', X64, [101, 165, 272, 321, 425, 248], [0, 1, 9, 56, 59, 202, 435]],
  ['arm64', ARM64, [117, 40, 97, 280, 425, 217], [56, 63, 64, 220, 221, 98, 435]],
] as const)(
  'on %s tracing, mounting, new namespaces and rings are refused, reading and spawning are not',
  (architecture, audit, refused, allowed) => {
    const filter = seccompFilter(architecture);
    if (filter === undefined) throw new Error('no filter');
    expect(refused.map((number) => verdict(filter, { number, audit }))).toEqual(refused.map(() => EPERM));
    expect(allowed.map((number) => verdict(filter, { number, audit }))).toEqual(allowed.map(() => ALLOW));
  },
);

test('another architecture’s call ends the process, and the x32 numbers are refused', () => {
  const filter = seccompFilter('x64');
  if (filter === undefined) throw new Error('no filter');
  expect(verdict(filter, { number: 0, audit: 0x40000003 })).toBe(KILL);
  expect(verdict(filter, { number: 0x40000000 + 101, audit: X64 })).toBe(EPERM);
});

test('an architecture without a table has no filter', () => {
  expect(seccompFilter('riscv64')).toBeUndefined();
});
