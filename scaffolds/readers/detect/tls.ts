/** Reads past lists of a ClientHello; where the bytes end early, everything further is absent. */
class Cursor {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  number(size: 1 | 2): number {
    const [high = 0, low = 0] = this.bytes.subarray(this.at, this.at + size);
    this.at += size;
    return size === 1 ? high : high * 256 + low;
  }

  skip(sizeOfLength: 1 | 2): void {
    const length = this.number(sizeOfLength);
    this.at += length;
  }
}

const SERVER_NAME = 0;
const PROTOCOLS = 16;

const textAt = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, to)).toString('latin1');

function protocolsOf(bytes: Uint8Array, from: number, end: number): string[] {
  const names: string[] = [];
  for (let at = from; at < end;) {
    const length = bytes[at] ?? 0;
    names.push(textAt(bytes, at + 1, at + 1 + length));
    at += 1 + length;
  }
  return names.filter((name) => /^[\w./-]+$/.test(name));
}

/** What a ClientHello asks for (RFC 8446 section 4.1.2): the host and the protocols above TLS, where it names them. */
export function helloDetail(bytes: Uint8Array): string {
  // Record header, handshake header, legacy version, random.
  const cursor = new Cursor(bytes, 5 + 4 + 2 + 32);
  cursor.skip(1);
  cursor.skip(2);
  cursor.skip(1);
  const said: string[] = [];
  const end = Math.min(bytes.length, cursor.number(2) + cursor.at);
  while (cursor.at + 4 <= end) {
    const type = cursor.number(2);
    const length = cursor.number(2);
    const from = cursor.at;
    cursor.at += length;
    if (cursor.at > end) break;
    // A list of names, each a type, a length and the name; RFC 6066 knows only names of hosts.
    if (type === SERVER_NAME) said.push(`for ${textAt(bytes, from + 5, cursor.at)}`);
    if (type === PROTOCOLS) said.push(`offers ${protocolsOf(bytes, from + 2, cursor.at).join(', ')}`);
  }
  return said.filter((text) => /^[\w ,./:-]+$/.test(text)).join(', ');
}
