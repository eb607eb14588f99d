import type { ContractDiff, ContractFinding, ContractFindingKind, Operation } from '@counterpart/schemas';
import { REDACTED } from '@counterpart/schemas';
import type { RequestProblem } from '../answer/problem.ts';
import type { SeenResponse } from '../recording/exchange.ts';
import type { RawRequest } from '../request/decode-request.ts';
import { checkResponse, type ResponseFinding } from './check-response.ts';
import type { ContractReader } from './contract-reader.ts';

/** Collects in what exchanges differ from a blueprint; equal differences are one, counted. */
export interface ContractBook {
  /** Holds an exchange against the blueprint; what is new or seen again. */
  add(request: RawRequest, response: SeenResponse): Promise<readonly ContractFinding[]>;
  /** Notes a difference that no exchange shows. */
  note(finding: Omit<ContractFinding, 'count' | 'exchange'>): void;
  /** Says why nothing is known of an operation. */
  excuse(operation: string, reason: string): void;
  readonly findings: readonly ContractFinding[];
  report(against: ContractDiff['against'], subject: string): ContractDiff;
}

/** More differences than this are counted under the ones at hand; a reader of a report has enough by then. */
const MAX_FINDINGS = 1_000;

type Draft = Omit<ContractFinding, 'count' | 'exchange'>;

/** Opens an empty book. */
export function createContractBook(reader: ContractReader): ContractBook {
  const findings = new Map<string, ContractFinding>();
  const exercised = new Set<string>();
  const excuses = new Map<string, string>();
  let exchanges = 0;
  const put = (draft: Draft, exchange: number): ContractFinding | undefined => {
    const key = [draft.kind, draft.method, draft.path, draft.status, draft.place, draft.message].join('\n');
    const known = findings.get(key);
    if (!known && findings.size >= MAX_FINDINGS) return undefined;
    const finding = known ? { ...known, count: known.count + 1 } : { ...draft, count: 1, exchange };
    findings.set(key, finding);
    return finding;
  };
  return {
    get findings() {
      return [...findings.values()];
    },
    async add(request, response) {
      const exchange = exchanges;
      exchanges += 1;
      const reading = await reader.read(request);
      if (reading && response.status < 400) exercised.add(reading.operation.name);
      const drafts = reading
        ? draftsOf(reading.operation, reading.problems, { request, response, reader })
        : unknownEndpoint(request, response);
      return drafts.flatMap((draft) => put(draft, exchange) ?? []);
    },
    note: (finding) => void put(finding, exchanges),
    excuse: (operation, reason) => void excuses.set(operation, reason),
    report(against, subject) {
      const { operations } = reader.blueprint;
      return {
        against,
        subject,
        agrees: findings.size === 0,
        exchanges,
        operations: {
          total: operations.length,
          exercised: exercised.size,
          unexercised: operations
            .filter(({ name }) => !exercised.has(name))
            .map(({ name }) => ({ operation: name, reason: excuses.get(name) ?? 'no exchange shows it' })),
        },
        findings: [...findings.values()].toSorted(bySeverity),
      };
    },
  };
}

interface Shown {
  readonly request: RawRequest;
  readonly response: SeenResponse;
  readonly reader: ContractReader;
}

function draftsOf(
  operation: Operation,
  problems: readonly RequestProblem[],
  { request, response, reader }: Shown,
): Draft[] {
  const at = {
    operation: operation.name,
    method: request.method,
    path: operation.http.path,
    status: response.status,
  };
  // A service that refuses what breaks the description keeps it.
  const breaches = response.status < 400 ? problems.filter(({ found }) => !found.includes(REDACTED)) : [];
  return [
    ...breaches.map((problem) => ({ ...at, ...fromProblem(problem) })),
    ...checkResponse(operation, response, reader.typing).map((finding) => ({ ...at, ...finding })),
  ];
}

function fromProblem({ in: place, name, path, message, expected, found }: RequestProblem): ResponseFinding {
  const where = ['request', place, name].filter((part) => part !== '').join(' ');
  const steps = path.replaceAll(/\/\d+(?=\/|$)/g, '/[]');
  return {
    kind: 'request-breach',
    place: `${where}${steps === '' ? '' : ` ${steps}`}`,
    message,
    expected,
    found,
  };
}

/** A service that does not know a path either says nothing of it. */
const UNKNOWN_TOO = [404, 405, 501];

function unknownEndpoint({ method, path }: RawRequest, { status }: SeenResponse): Draft[] {
  if (UNKNOWN_TOO.includes(status)) return [];
  const message = 'no operation has this method and path';
  return [{ kind: 'undocumented-endpoint', method, path, status, place: 'request', message }];
}

/** What breaks callers stands first. */
const ORDER: readonly ContractFindingKind[] = [
  'unreachable',
  'missing-required',
  'response-breach',
  'undocumented-status',
  'undocumented-media-type',
  'request-breach',
  'undocumented-endpoint',
  'unknown-field',
];

const bySeverity = (a: ContractFinding, b: ContractFinding): number =>
  ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.path.localeCompare(b.path);
