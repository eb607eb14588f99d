import type { DataColumn, DataSource, Json, JsonObject, JsonSchema } from '@counterpart/schemas';

/** What a value of a column may be. */
const typesOf = ({ type, format, nullable }: DataColumn): JsonObject => {
  if (type === 'any') return {};
  // `decimal` is no format of JSON Schema: it tells the kit how to compare and to sum.
  const known = format === undefined || format === 'decimal' || nullable ? {} : { format };
  return { type: nullable ? [type, 'null'] : type, ...known };
};

/** Schema of a row as tools give it. */
export const rowSchema = ({ columns }: DataSource): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(columns.map((column) => [column.key, typesOf(column)])),
});

/** A file as its host serves it, which is what a mirror makes up. */
export interface ServedFile {
  /** Path of the file at its host. */
  readonly path: string;
  readonly mediaType: string;
  readonly schema: JsonSchema;
}

/** A source with the names of the types of its rows. */
export interface TypedSource {
  readonly source: DataSource;
  readonly rowType: string;
  /** The file's own row, by the names as they are written. */
  readonly writtenType: string;
}

const MEDIA_TYPES: Readonly<Record<Exclude<DataSource['format'], 'delimited'>, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  xml: 'application/xml',
  html: 'text/html',
  icalendar: 'text/calendar',
  ofx: 'application/x-ofx',
  qif: 'application/qif',
  camt: 'application/xml',
};

const mediaTypeOf = ({ format, dialect }: DataSource): string => {
  if (format !== 'delimited') return MEDIA_TYPES[format];
  return dialect.delimiter === '\t' ? 'text/tab-separated-values' : 'text/csv';
};

const text = { type: 'string' };
const amount = { type: 'string', pattern: '^-?[1-9][0-9]{0,3}\\.[0-9]{2}$' };
const digits = { type: 'string', pattern: '^20[12][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9])$' };
const currency = { type: 'string', enum: ['EUR'] };

const object = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const several = (items: Json): JsonObject => ({ type: 'array', minItems: 3, maxItems: 20, items });

/** A statement as OFX nests it (OFX 2.3 section 11.4). */
const OFX: JsonSchema = object({
  BANKMSGSRSV1: object({
    STMTTRNRS: object({
      STMTRS: object({
        CURDEF: currency,
        BANKACCTFROM: object({ BANKID: text, ACCTID: text }),
        BANKTRANLIST: object({
          STMTTRN: several(
            object({
              TRNTYPE: { type: 'string', enum: ['DEBIT', 'CREDIT'] },
              DTPOSTED: digits,
              TRNAMT: amount,
              FITID: text,
              NAME: text,
              MEMO: text,
            }),
          ),
        }),
        LEDGERBAL: object({ BALAMT: amount, DTASOF: digits }),
      }),
    }),
  }),
});

const security = { SECID: object({ UNIQUEID: text, UNIQUEIDTYPE: text }) };
const traded = { ...security, UNITS: amount, UNITPRICE: amount };

/** A statement of an account that holds securities (OFX 2.3 section 13.9). */
const INVESTMENTS: JsonSchema = object({
  INVSTMTMSGSRSV1: object({
    INVSTMTTRNRS: object({
      INVSTMTRS: object({
        DTASOF: digits,
        CURDEF: currency,
        INVACCTFROM: object({ BROKERID: text, ACCTID: text }),
        INVTRANLIST: object({
          BUYSTOCK: several(
            object({
              INVBUY: object({
                INVTRAN: object({ FITID: text, DTTRADE: digits, MEMO: text }),
                ...traded,
                COMMISSION: amount,
                TOTAL: amount,
              }),
            }),
          ),
        }),
        INVPOSLIST: object({
          POSSTOCK: several(object({ INVPOS: object({ ...traded, MKTVAL: amount, DTPRICEASOF: digits }) })),
        }),
        INVBAL: object({ AVAILCASH: amount, MARGINBALANCE: amount, SHORTBALANCE: amount }),
      }),
    }),
  }),
  SECLISTMSGSRSV1: object({
    SECLIST: object({
      STOCKINFO: several(object({ SECINFO: object({ ...security, SECNAME: text, TICKER: text }) })),
    }),
  }),
});

const holdsSecurities = ({ source }: TypedSource): boolean =>
  /^(?:positions|securities)$/.test(source.dialect.part ?? '') ||
  source.columns.some(({ name }) => name === 'security');

const money = object({ Ccy: currency, text: { type: 'string', pattern: '^[1-9][0-9]{0,3}\\.[0-9]{2}$' } });
const sign = { type: 'string', enum: ['CRDT', 'DBIT'] };
const day = object({ Dt: { type: 'string', format: 'date' } });

/** A statement as ISO 20022 nests it (camt.053.001). */
const CAMT: JsonSchema = object({
  BkToCstmrStmt: object({
    Stmt: object({
      Acct: object({ Id: object({ IBAN: text }) }),
      Bal: several(
        object({
          Tp: object({ CdOrPrtry: object({ Cd: { type: 'string', enum: ['OPBD', 'CLBD'] } }) }),
          Amt: money,
          CdtDbtInd: sign,
          Dt: day,
        }),
      ),
      Ntry: several(
        object({ Amt: money, CdtDbtInd: sign, BookgDt: day, AcctSvcrRef: text, AddtlNtryInf: text }),
      ),
    }),
  }),
});

/** Schema of a row as the source has it. */
export function writtenSchema({ columns, format, id }: DataSource): JsonSchema {
  const isText = format !== 'json' && format !== 'ndjson';
  const written = (column: DataColumn): JsonObject => {
    if (isText && column.type === 'any') return text;
    if (column.format === 'decimal') return amount;
    const given = { ...column, nullable: column.nullable && column.key !== id };
    return column.seen === undefined ? typesOf(given) : { ...typesOf(given), enum: [...column.seen] };
  };
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map((column) => [column.name, written(column)])),
    required: columns.map(({ name }) => name),
  };
}

/** Rows at their places in one object: the parts of a path are members within members. */
function placed(sources: readonly TypedSource[]): JsonSchema {
  interface Place {
    readonly within: Map<string, Place>;
    rows?: Json;
  }
  const root: Place = { within: new Map() };
  for (const { source, writtenType } of sources) {
    let place = root;
    for (const name of (source.dialect.part ?? source.name).split('/')) {
      const next: Place = place.within.get(name) ?? { within: new Map() };
      place.within.set(name, next);
      place = next;
    }
    place.rows = several({ $ref: `#/$defs/${writtenType}` });
  }
  const schemaOf = ({ within, rows }: Place): Json =>
    rows ?? object(Object.fromEntries(Array.from(within, ([name, place]) => [name, schemaOf(place)])));
  return object(Object.fromEntries(Array.from(root.within, ([name, place]) => [name, schemaOf(place)])));
}

function schemaOf(sources: readonly TypedSource[], first: TypedSource): JsonSchema {
  const { format, dialect } = first.source;
  if (format === 'ofx') return sources.some(holdsSecurities) ? INVESTMENTS : OFX;
  if (format === 'camt') return CAMT;
  if (format !== 'delimited' && format !== 'json' && format !== 'ndjson') return placed(sources);
  const rows = several({ $ref: `#/$defs/${first.writtenType}` });
  const path = dialect.member === undefined ? [] : [...(dialect.within ?? []), dialect.member];
  return path.toReversed().reduce<JsonSchema>((inner, member) => object({ [member]: inner }), rows);
}

/** The file that some sources, of one format, were found in. */
export function servedFile(sources: readonly TypedSource[], path: string): ServedFile {
  const [first] = sources;
  if (first === undefined) throw new TypeError('a file holds at least one source');
  return { path, mediaType: mediaTypeOf(first.source), schema: schemaOf(sources, first) };
}
