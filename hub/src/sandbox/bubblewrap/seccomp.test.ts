import { expect, test } from 'vitest';
import { seccompFilter } from './seccomp.ts';

interface SystemCall {
  readonly number: number;
  readonly audit: number;
  readonly args?: readonly number[];
}

/** What the filter answers to a system call, run as the kernel would. */
function verdict(filter: Buffer, { number, audit, args = [] }: SystemCall): number {
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
    if (code === 0x20) word = [number, audit][value / 4] ?? args[(value - 16) / 8] ?? 0;
    else if (code === 0x15) at += word === value ? ifTrue : ifFalse;
    else if (code === 0x35) at += word >= value ? ifTrue : ifFalse;
    else if (code === 0x45) at += (word & value) === 0 ? ifFalse : ifTrue;
    else throw new Error(`unknown instruction ${code}`);
  }
}

const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
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

const CREATE = 0o100;
const TEMPORARY = 0o20200000;
test.each([
  ['x64 chmod', 90, [0, 0o4755]],
  ['x64 fchmod', 91, [0, 0o2755]],
  ['x64 fchmodat', 268, [0, 0, 0o6755]],
  ['x64 open', 2, [0, CREATE, 0o4777]],
  ['x64 openat', 257, [0, 0, CREATE, 0o4777]],
  ['x64 openat without a name', 257, [0, 0, TEMPORARY, 0o4777]],
  ['x64 creat', 85, [0, 0o4777]],
  ['x64 mknod', 133, [0, 0o104777]],
  ['x64 mknodat', 259, [0, 0, 0o104777]],
  ['x64 fchmodat2', 452, [0, 0, 0o4755, 0]],
  ['arm64 fchmod', 52, [0, 0o4755]],
  ['arm64 fchmodat', 53, [0, 0, 0o4755]],
  ['arm64 openat', 56, [0, 0, CREATE, 0o4777]],
  ['arm64 mknodat', 33, [0, 0, 0o104777]],
])('no file becomes set-user-ID by %s', (name, number, args) => {
  const [architecture = ''] = name.split(' ');
  const audit = architecture === 'x64' ? X64 : ARM64;
  const filter = seccompFilter(architecture);
  if (filter === undefined) throw new Error('no filter');
  expect(verdict(filter, { number, audit, args })).toBe(EPERM);
  const plain = args.map((value) => (value === CREATE || value === TEMPORARY ? value : value & ~0o6000));
  expect(verdict(filter, { number, audit, args: plain })).toBe(ALLOW);
});

test('what is opened and not made has no mode, whatever stands in its place; openat2 is not there', () => {
  const filter = seccompFilter('x64');
  if (filter === undefined) throw new Error('no filter');
  expect(verdict(filter, { number: 257, audit: X64, args: [0, 0, 0, 0o7777] })).toBe(ALLOW);
  expect(verdict(filter, { number: 437, audit: X64 })).toBe(ENOSYS);
});

test('another architecture’s call ends the process, and the x32 numbers are refused', () => {
  const filter = seccompFilter('x64');
  if (filter === undefined) throw new Error('no filter');
  expect(verdict(filter, { number: 0, audit: 0x40000003 })).toBe(KILL);
  expect(verdict(filter, { number: 0x40000000 + 101, audit: X64 })).toBe(EPERM);
});

test('an architecture without a table has no filter', () => {
  expect(seccompFilter('riscv64')).toBeUndefined();
});
