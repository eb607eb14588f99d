import { expect, test } from 'vitest';
import { toCounterpartError } from './errors.ts';

test.each(['ENOSPC', 'EDQUOT', 'EROFS'])(
  'a disk that answers %s is told as a disk, not as our mistake',
  (code) => {
    const thrown = Object.assign(new Error(`${code}: write`), { code, path: '/data/part.json' });
    expect(toCounterpartError(thrown)).toMatchObject({
      code: 'DATA_UNWRITABLE',
      message: `Cannot write to /data/part.json: ${code}: write`,
    });
    expect(toCounterpartError(new Error('another')).code).toBe('INTERNAL');
  },
);
