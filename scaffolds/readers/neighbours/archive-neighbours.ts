import { decodeText } from '../decode-text.ts';
import type { NeighbourOptions, Neighbours } from './neighbours.ts';
import { readRemote } from './remote.ts';
import type { ZipFiles } from './zip.ts';

const addressOf = (path: string): string => `archive:///${path.split('/').map(encodeURIComponent).join('/')}`;

/** Documents of an archive that is held in memory; what it has not, is nowhere. */
export function archiveNeighbours(files: ZipFiles, entry: string, options: NeighbourOptions): Neighbours {
  const byAddress = new Map([...files].map(([path, bytes]) => [addressOf(path), { path, bytes }]));
  return {
    home: addressOf(entry),
    read(address) {
      const url = new URL(address);
      if (url.protocol === 'http:' || url.protocol === 'https:')
        return readRemote(url, { ...options, origin: undefined });
      const found = byAddress.get(url.href);
      return Promise.resolve(
        found === undefined
          ? { kind: 'missing', reason: 'there is no such file in the archive' }
          : { kind: 'text', text: decodeText(found.bytes), name: found.path },
      );
    },
  };
}
