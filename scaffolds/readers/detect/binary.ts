import type { Family, Head, Signature } from './format.ts';
import { varint } from './numbers.ts';
import { zipContent } from './zip-content.ts';

/** Formats told by fixed bytes at a fixed place, as their specifications give them. */

type Plain = readonly [format: string, title: string, family: Family, bytes: string, at?: number];

const PLAIN: readonly Plain[] = [
  ['png', 'a PNG image', 'image', '\x89PNG\r\n\x1a\n'],
  ['jpeg', 'a JPEG image', 'image', '\xff\xd8\xff'],
  ['gif', 'a GIF image', 'image', 'GIF8'],
  ['tiff', 'a TIFF image', 'image', 'II*\0'],
  ['tiff', 'a TIFF image', 'image', 'MM\0*'],
  ['webp', 'a WebP image', 'image', 'WEBP', 8],
  ['ico', 'an icon', 'image', '\0\0\x01\0'],
  ['psd', 'a Photoshop image', 'image', '8BPS'],
  ['heif', 'a HEIF image', 'image', 'ftyphei', 4],
  ['avif', 'an AVIF image', 'image', 'ftypavif', 4],
  ['mp4', 'an MP4 film', 'film', 'ftyp', 4],
  ['matroska', 'a Matroska or WebM film', 'film', '\x1aE\xdf\xa3'],
  ['avi', 'an AVI film', 'film', 'AVI ', 8],
  ['wav', 'a WAV sound', 'sound', 'WAVE', 8],
  ['mp3', 'an MP3 sound', 'sound', 'ID3'],
  ['mp3', 'an MP3 sound', 'sound', '\xff\xfb'],
  ['ogg', 'an Ogg sound or film', 'sound', 'OggS'],
  ['flac', 'a FLAC sound', 'sound', 'fLaC'],
  ['pdf', 'a PDF document', 'document', '%PDF-'],
  ['postscript', 'a PostScript document', 'document', '%!PS'],
  ['rtf', 'an RTF document', 'document', '{\\rtf'],
  ['ole', 'an old Office document (XLS, DOC, PPT or MSG)', 'document', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['gzip', 'gzip data', 'archive', '\x1f\x8b\x08'],
  ['bzip2', 'bzip2 data', 'archive', 'BZh'],
  ['xz', 'XZ data', 'archive', '\xfd7zXZ\0'],
  ['zstd', 'Zstandard data', 'archive', '\x28\xb5\x2f\xfd'],
  ['lz4', 'LZ4 data', 'archive', '\x04\x22\x4d\x18'],
  ['7z', 'a 7-Zip archive', 'archive', '7z\xbc\xaf\x27\x1c'],
  ['rar', 'a RAR archive', 'archive', 'Rar!\x1a\x07'],
  ['tar', 'a tar archive', 'archive', 'ustar', 257],
  ['sqlite', 'an SQLite database', 'database', 'SQLite format 3\0'],
  ['duckdb', 'a DuckDB database', 'database', 'DUCK', 8],
  ['access', 'an Access database', 'database', 'Standard Jet DB', 4],
  ['access', 'an Access database', 'database', 'Standard ACE DB', 4],
  ['parquet', 'a Parquet file', 'database', 'PAR1'],
  ['avro', 'an Avro file', 'database', 'Obj\x01'],
  ['arrow', 'an Arrow file', 'database', 'ARROW1'],
  ['orc', 'an ORC file', 'database', 'ORC'],
  ['fits', 'a FITS file', 'science', 'SIMPLE  ='],
  ['hdf5', 'an HDF5 or NetCDF-4 file', 'science', '\x89HDF\r\n\x1a\n'],
  ['netcdf', 'a NetCDF file', 'science', 'CDF\x01'],
  ['netcdf', 'a NetCDF file', 'science', 'CDF\x02'],
  ['netcdf', 'a NetCDF file', 'science', 'CDF\x05'],
  ['grib', 'a GRIB file', 'science', 'GRIB'],
  ['dicom', 'a DICOM image', 'science', 'DICM', 128],
  ['npy', 'a NumPy array', 'science', '\x93NUMPY'],
  ['matlab', 'a MATLAB file', 'science', 'MATLAB 5.0 MAT-file'],
  ['cbor', 'CBOR data', 'database', '\xd9\xd9\xf7'],
  ['elf', 'a program (ELF)', 'program', '\x7fELF'],
  ['mach-o', 'a program (Mach-O)', 'program', '\xcf\xfa\xed\xfe'],
  ['wasm', 'a WebAssembly module', 'program', '\0asm'],
  ['java-class', 'a Java class', 'program', '\xca\xfe\xba\xbe'],
  ['java-objects', 'serialised Java objects', 'program', '\xac\xed\0\x05'],
  ['pcap', 'captured network traffic (pcap)', 'capture', '\xd4\xc3\xb2\xa1'],
  ['pcap', 'captured network traffic (pcap)', 'capture', '\xa1\xb2\xc3\xd4'],
  ['pcapng', 'captured network traffic (pcapng)', 'capture', '\n\r\r\n'],
  ['font', 'a font', 'program', 'wOF2'],
  ['font', 'a font', 'program', 'wOFF'],
  ['font', 'a font', 'program', 'OTTO'],
];

const plain = ([format, title, family, bytes, at = 0]: Plain): Signature => ({
  format,
  title,
  family,
  test: ({ latin1 }) => latin1.startsWith(bytes, at),
});

/** Name of the first file of compiled protobuf descriptions: a FileDescriptorSet, or one FileDescriptorProto. */
function protoName({ bytes, latin1 }: Head, at = 0): string | false {
  const length = bytes[at] === 0x0a ? varint(bytes, at + 1) : undefined;
  if (length === undefined || length.value === 0) return false;
  const name = latin1.slice(length.end, length.end + length.value);
  if (/^[\w./-]{1,200}\.proto$/.test(name)) return name;
  return at === 0 ? protoName({ bytes, latin1, text: '', name: '' }, length.end) : false;
}

const zip = (format: string, title: string, family: Family): Signature => ({
  format,
  title,
  family,
  test: ({ latin1 }) => zipContent(latin1) === format,
});

/** Binary formats, the surer ones first. */
export const BINARY: readonly Signature[] = [
  zip('xlsx', 'an Excel workbook', 'document'),
  zip('docx', 'a Word document', 'document'),
  zip('pptx', 'a PowerPoint document', 'document'),
  zip('ods', 'an OpenDocument spreadsheet', 'document'),
  zip('odt', 'an OpenDocument text', 'document'),
  zip('epub', 'an EPUB book', 'document'),
  zip('jar', 'a Java archive', 'program'),
  zip('apk', 'an Android package', 'program'),
  zip('zip', 'a ZIP archive', 'archive'),
  ...PLAIN.map(plain),
  {
    format: 'bmp',
    title: 'a BMP image',
    family: 'image',
    test: ({ latin1 }) => latin1.startsWith('BM') && latin1.startsWith('\0\0\0\0', 6),
  },
  {
    format: 'exe',
    title: 'a program (Windows)',
    family: 'program',
    test: ({ latin1 }) => latin1.startsWith('MZ') && latin1.includes('PE\0\0'),
  },
  {
    format: 'protobuf-descriptor',
    title: 'compiled protobuf descriptions',
    family: 'description',
    test: (head) => protoName(head),
  },
];
