import { ToolFailure } from '../failure.ts';

/** What a failure means to who speaks HTTP. */
export type FailureStatus = 400 | 404 | 409 | 413 | 502 | 503 | 504;

/** An expected failure of a database call, in words that hold no secret. */
export class DatabaseFailure extends ToolFailure {
  readonly status: FailureStatus;

  constructor(status: FailureStatus, message: string, nextStep?: string, cause?: unknown) {
    super(message, { ...(nextStep === undefined ? {} : { nextStep }), cause });
    this.name = 'DatabaseFailure';
    this.status = status;
  }
}

/** A request that does not fit the tables. */
export const badRequest = (message: string, nextStep?: string): DatabaseFailure =>
  new DatabaseFailure(400, message, nextStep);

export interface FailureContext {
  /** Address without credentials. */
  readonly shown: string;
  /** Setting that holds the connection string. */
  readonly setting: string;
  readonly timeoutName: string;
  readonly secrets: readonly string[];
}

const textOf = (error: unknown, name: string): string => {
  if (typeof error !== 'object' || error === null) return '';
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
};

interface Rule {
  readonly codes: RegExp;
  readonly status: FailureStatus;
  readonly says: (detail: string, context: FailureContext) => string;
  readonly next?: (context: FailureContext) => string;
}

/** SQLSTATE of PostgreSQL, names of MariaDB, result codes of SQLite and of the network. */
const RULES: readonly Rule[] = [
  {
    codes:
      /^(?:28P01|28000|ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR|ER_ACCESS_DENIED_NO_PASSWORD_ERROR)$/,
    status: 502,
    says: (_, { shown }) => `The database ${shown} refuses the user or its password.`,
    next: ({ setting }) => `Mend user and password in ${setting}.`,
  },
  {
    codes: /^(?:3D000|ER_BAD_DB_ERROR)$/,
    status: 502,
    says: (_, { shown }) => `There is no such database: ${shown}.`,
    next: ({ setting }) => `Mend the database's name in ${setting}.`,
  },
  {
    codes:
      /^(?:57014|ER_STATEMENT_TIMEOUT|ER_QUERY_TIMEOUT|ER_QUERY_INTERRUPTED|DATABASE_TIMEOUT|PROTOCOL_SEQUENCE_TIMEOUT)$/,
    status: 504,
    says: () => 'The statement took too long and was ended.',
    next: ({ timeoutName }) =>
      `Ask for less: narrower filters, an indexed column, fewer rows; or raise ${timeoutName}.`,
  },
  {
    codes: /^DATABASE_TOO_LARGE$/,
    status: 413,
    says: (detail) => `The answer is larger than what is read: ${detail}.`,
    next: () => 'Choose columns, or fewer rows.',
  },
  {
    codes: /^(?:25006|ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION|SQLITE_READONLY)$/,
    status: 400,
    says: () => 'This statement would change something, and only reading is allowed here.',
  },
  {
    codes:
      /^(?:2[23](?!012)\w{3}|WARN_DATA_TRUNCATED|ER_CHECK_CONSTRAINT_VIOLATED|ER_DUP_ENTRY|ER_ROW_IS_REFERENCED_2|ER_NO_REFERENCED_ROW_2|ER_CONSTRAINT_FAILED|ER_BAD_NULL_ERROR|ER_NO_DEFAULT_FOR_FIELD|SQLITE_CONSTRAINT)$/,
    status: 409,
    says: (detail) => `The database refuses these values: ${detail}.`,
    next: () => 'Change them so that the rule named here holds.',
  },
  {
    codes:
      /^(?:42501|ER_TABLEACCESS_DENIED_ERROR|ER_COLUMNACCESS_DENIED_ERROR|ER_SPECIFIC_ACCESS_DENIED_ERROR)$/,
    status: 502,
    says: (detail) => `The database does not permit it: ${detail}.`,
    next: () => 'Grant the right to the user of the connection.',
  },
  {
    codes: /^(?:SQLITE_CANTOPEN|ENOENT)$/,
    status: 502,
    says: (_, { shown }) => `There is no database file ${shown}, or it may not be read.`,
    next: ({ setting }) => `Set ${setting} to sqlite:<path> of the file.`,
  },
  {
    codes: /^SQLITE_NOTADB$/,
    status: 502,
    says: (_, { shown }) => `${shown} is not an SQLite database.`,
    next: ({ setting }) => `Set ${setting} to sqlite:<path> of a database file.`,
  },
  {
    codes: /^(?:42P01|42703|ER_NO_SUCH_TABLE|ER_BAD_FIELD_ERROR)$/,
    status: 400,
    says: (detail) => `The database says: ${detail}.`,
    next: () =>
      'describe_tables tells of tables and columns; if the database has changed, build the server again.',
  },
];

const LOST =
  /^(?:ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|PROTOCOL_CONNECTION_LOST|DATABASE_LOST|57P0[1-5]|08\w{3}|53300|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR|ER_CONNECTION_KILLED|ER_NEW_ABORTING_CONNECTION|ERR_IPC_CHANNEL_CLOSED)$/;

/** True for an error that says that there is no connection, or none any more. */
export const isLost = (error: unknown): boolean =>
  LOST.test(textOf(error, 'code')) ||
  /connection terminated|timeout expired|closed state/i.test(textOf(error, 'message'));

const redacted = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length > 2)
    .reduce((clean, secret) => clean.replaceAll(secret, '…'), text);

function detailOf(error: unknown, secrets: readonly string[]): string {
  const parts = [textOf(error, 'message') || String(error), textOf(error, 'detail'), textOf(error, 'hint')];
  const text = parts.filter((part) => part !== '').join('; ');
  return redacted(text, secrets).replaceAll(/\s+/g, ' ').slice(0, 500).replace(/\.$/, '');
}

/** Any error of a driver in words: what happened and what can be done, never with a password. */
export function failureOf(error: unknown, context: FailureContext): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  // Of the broker, in its own words.
  if (error instanceof ToolFailure) return new DatabaseFailure(502, error.message, error.nextStep);
  const code = textOf(error, 'code');
  const detail = detailOf(error, context.secrets);
  // MariaDB has errors that its driver knows no name of.
  const state = textOf(error, 'sqlState');
  const rule = RULES.find(({ codes }) => codes.test(code)) ?? RULES.find(({ codes }) => codes.test(state));
  if (rule !== undefined)
    return new DatabaseFailure(rule.status, rule.says(detail, context), rule.next?.(context));
  if (isLost(error)) {
    const why = detail === '' ? code : detail;
    return new DatabaseFailure(
      503,
      `The database ${context.shown} cannot be reached: ${why}.`,
      `Check that it runs and that ${context.setting} points to it, then call again: a new connection is made with each call.`,
    );
  }
  return new DatabaseFailure(400, `The database says: ${detail}.`);
}
