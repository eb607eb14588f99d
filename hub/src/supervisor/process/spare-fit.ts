import { isAbsolute } from 'node:path';
import type { ProcessSpec } from '../../kernel/ports.ts';

/** Variables that a process reads only while it begins; one that asks for them cannot begin as a spare. */
const READ_AT_START = /^(?:NODE_(?!COMPILE_CACHE$)|UV_|LD_|DYLD_|SSL_CERT_|OPENSSL_|MALLOC_|ICU_)/;
/** Variables of the spare's own environment that shape it from its start. */
const SHAPING = ['LANG', 'LC_ALL', 'TZ'];

/** Whether a spare process with this environment can become this server without any difference to it. Pure. */
export function fitsSpare(spec: ProcessSpec, spareEnv: Readonly<Record<string, string>>): boolean {
  const [entry] = spec.args;
  return (
    spec.warm === true &&
    spec.openBox === undefined &&
    spec.command === process.execPath &&
    spec.cwd !== undefined &&
    entry !== undefined &&
    isAbsolute(entry) &&
    !Object.keys(spec.env).some((name) => READ_AT_START.test(name)) &&
    SHAPING.every((name) => spec.env[name] === spareEnv[name])
  );
}
