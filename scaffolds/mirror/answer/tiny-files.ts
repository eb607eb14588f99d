import { essence } from '../request/media-type.ts';

const fromHex = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(/\s+/g, ''), 'hex');

/** One opaque pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** One grey pixel, baseline. */
const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==',
  'base64',
);
/** An archive without entries: its end record alone. */
const ZIP = fromHex(`504b0506${'00'.repeat(18)}`);
/** An archive without entries: two empty blocks. */
const TAR = new Uint8Array(1024);
/** An empty gzip member. */
const GZIP = fromHex('1f8b0800000000000003 0300 00000000 00000000');

/** A document of one empty page; offsets in its table are those of the text above it. */
function pdf(): Uint8Array {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = text.length;
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 4\n0000000000 65535 f \n${entries}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

const FILES: ReadonlyMap<string, () => Uint8Array> = new Map<string, () => Uint8Array>([
  ['image/png', () => PNG],
  ['image/*', () => PNG],
  ['image/gif', () => GIF],
  ['image/jpeg', () => JPEG],
  ['image/jpg', () => JPEG],
  ['image/svg+xml', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
  ['application/pdf', pdf],
  ['application/zip', () => ZIP],
  ['application/x-zip-compressed', () => ZIP],
  ['application/x-tar', () => TAR],
  ['application/gzip', () => GZIP],
  ['application/x-gzip', () => GZIP],
]);

/** The smallest valid file of a media type; eight plain bytes for types it does not know. */
export function tinyFile(mediaType: string): Uint8Array {
  return FILES.get(essence(mediaType))?.() ?? Buffer.from('mirrored');
}
