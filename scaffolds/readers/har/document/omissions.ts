import type { Omission } from '@counterpart/schemas';
import type { HostShare } from '../entries/hosts.ts';
import type { Recording, SetAside } from '../entries/recording.ts';

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;
const entryAt = (index: number): Omission['source'] => ({ pointer: `#/log/entries/${index}` });

/** What was read of a recording and what was not, with counts and places; never with a value of it. */
export function recordingOmissions(recording: Recording): Omission[] {
  return [
    ...cutOmission(recording),
    ...recording.aside.map(asideOmission),
    ...redactionNotice(recording),
    ...unheldNotice(recording),
  ];
}

function cutOmission({ end }: Recording): Omission[] {
  if (end.complete) return [];
  const whole = `${many(end.entries, 'entry', 'entries')} before it ${end.entries === 1 ? 'was' : 'were'} whole and ${end.entries === 1 ? 'was' : 'were'} read`;
  const place =
    end.cutEntry === undefined
      ? `It ends after ${end.bytes} bytes, before the recording is closed`
      : `It ends after ${end.bytes} bytes, in the middle of entry ${end.cutEntry + 1}, which is left out`;
  return [
    {
      code: 'source-cut',
      severity: 'part',
      subject: 'the recording',
      reason: `${place}; ${whole}.`,
      source: entryAt(end.cutEntry ?? Math.max(0, end.entries - 1)),
    },
  ];
}

const REASONS: Readonly<
  Record<SetAside['why'], readonly [code: Omission['code'], severity: Omission['severity'], reason: string]>
> = {
  preflight: [
    'traffic-noise',
    'notice',
    'Browsers ask so before a call to another host; no one calls it by hand',
  ],
  asset: ['traffic-noise', 'notice', 'Pictures, styles, scripts and the like are no interface'],
  page: ['traffic-noise', 'notice', 'Pages for people are no interface'],
  analytics: ['traffic-noise', 'notice', 'They measure people and answer nothing of use'],
  websocket: ['websocket', 'operation', 'A WebSocket is no call with one answer'],
  'other-scheme': ['traffic-noise', 'notice', 'Only http and https are calls of a service'],
  unreadable: ['entry-unreadable', 'part', 'What these entries recorded is not known'],
  'too-large': ['too-large', 'part', 'They are left out so that memory stays bounded'],
};

function asideOmission({ why, what, first, count }: SetAside): Omission {
  const [code, severity, reason] = REASONS[why];
  const subject = `${many(count, ENTRY[why][0], ENTRY[why][1])}${why === 'unreadable' ? `: ${what}` : ` (${what})`}`;
  return { code, severity, subject, reason: `${reason}.`, source: entryAt(first) };
}

const ENTRY: Readonly<Record<SetAside['why'], readonly [one: string, more: string]>> = {
  preflight: ['preflight', 'preflights'],
  asset: ['asset', 'assets'],
  page: ['page', 'pages'],
  analytics: ['measuring call', 'measuring calls'],
  websocket: ['WebSocket', 'WebSockets'],
  'other-scheme': ['entry', 'entries'],
  unreadable: ['entry', 'entries'],
  'too-large': ['entry', 'entries'],
};

/** Hosts that were recorded and are not built. */
export function otherHosts(others: readonly HostShare[]): Omission[] {
  return others.map(({ host, exchanges, ownSite }) => {
    const name = ownSite ? 'another host of the same site' : 'a third party';
    return {
      code: 'not-selected',
      severity: 'notice',
      subject: `${many(exchanges.length, 'call')} of ${host}`,
      reason: `It is ${name}; \`--host ${host}\` builds it, and more than one may be named.`,
      source: entryAt(exchanges[0]?.index ?? 0),
    };
  });
}

function redactionNotice({ vault }: Recording): Omission[] {
  if (vault.size === 0) return [];
  return [
    {
      code: 'secrets-redacted',
      severity: 'notice',
      subject: many(vault.size, 'secret value'),
      reason:
        'Credentials of the recording were taken out before anything was written; nothing of them is kept.',
      source: { pointer: '#/log' },
    },
  ];
}

function unheldNotice({ unheldBodies }: Recording): Omission[] {
  if (unheldBodies === 0) return [];
  return [
    {
      code: 'too-large',
      severity: 'notice',
      subject: many(unheldBodies, 'body', 'bodies'),
      reason: 'Enough others like them were read to know their types.',
      source: { pointer: '#/log' },
    },
  ];
}
