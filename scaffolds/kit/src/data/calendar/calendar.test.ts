import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { recordsOf } from '../testing.ts';
import { timesWithin } from './expand.ts';
import { ruleOf } from './rule.ts';
import { durationOf, timeOf, toIso, toMs, zoneOf } from './zone.ts';

/** Times of a rule from its start on, as dates with their hour; examples and their answers stand in RFC 5545 section 3.8.5.3. */
function times(rule: string, start: string, from: string, to: string): string[] {
  const parsed = ruleOf(rule);
  const at = (text: string): number => Date.parse(`${text}Z`) / 1_000;
  if (parsed === undefined) return ['no rule'];
  const until = parsed.until === undefined ? undefined : timeOf(parsed.until, 'UTC')?.local;
  const asked = { rule: parsed, start: at(start), until, from: at(from), to: at(to) };
  let isGivenUp = false;
  const found = Array.from(
    timesWithin(asked, () => (isGivenUp = true)),
    (time) => new Date(time * 1_000).toISOString().slice(0, 13),
  );
  return isGivenUp ? [...found, 'given up'] : found;
}

const from1997 = (rule: string, to = '1999-12-31T00:00'): string[] =>
  times(rule, '1997-09-02T09:00', '1997-01-01T00:00', to);

test.each([
  ['FREQ=DAILY;COUNT=3', '1997-09-02 1997-09-03 1997-09-04'],
  ['FREQ=DAILY;INTERVAL=10;COUNT=3', '1997-09-02 1997-09-12 1997-09-22'],
  ['FREQ=DAILY;UNTIL=19970904T090000Z', '1997-09-02 1997-09-03 1997-09-04'],
  ['FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH', '1997-09-02 1997-09-04 1997-09-09 1997-09-11'],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=5;WKST=SU;BYDAY=TU,TH',
    '1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30',
  ],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=1TU', '1997-09-02 1997-10-07 1997-11-04'],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=-2MO', '1997-09-22 1997-10-20 1997-11-17'],
  ['FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1', '1997-09-30 1997-10-01 1997-10-31 1997-11-01'],
  ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2', '1998-02-13 1998-03-13'],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-09-04 1997-10-07 1997-11-06'],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3', '1997-09-29 1997-10-30 1997-11-27'],
  ['FREQ=YEARLY;COUNT=3;BYMONTH=6,7', '1998-06-02 1998-07-02 1999-06-02'],
  ['FREQ=YEARLY;BYDAY=20MO;COUNT=2', '1998-05-18 1999-05-17'],
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=2', '1998-05-11 1999-05-17'],
  ['FREQ=YEARLY;BYYEARDAY=1,-1;COUNT=3', '1997-12-31 1998-01-01 1998-12-31'],
  ['FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=2', '1997-11-04 1998-11-03'],
])('%s', (rule, wanted) => {
  verifies('M42');
  expect(
    from1997(rule)
      .map((time) => time.slice(0, 10))
      .join(' '),
  ).toBe(wanted);
});

test('hours, minutes and times of a day', () => {
  expect(from1997('FREQ=HOURLY;INTERVAL=3;COUNT=3')).toEqual([
    '1997-09-02T09',
    '1997-09-02T12',
    '1997-09-02T15',
  ]);
  expect(from1997('FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0;COUNT=3')).toEqual([
    '1997-09-02T09',
    '1997-09-02T17',
    '1997-09-03T09',
  ]);
  expect(times('FREQ=WEEKLY', '1997-09-02T09:00', '2024-01-01T00:00', '2024-01-15T00:00')).toEqual([
    '2024-01-02T09',
    '2024-01-09T09',
  ]);
});

test.each([
  ['FREQ=SECONDLY', '1970-01-01T00:00', '2024-01-01T00:00', '2024-01-01T00:01', 60],
  ['FREQ=MINUTELY;COUNT=99999999', '1970-01-01T00:00', '2000-01-01T00:00', '2000-01-01T01:00', 60],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '1970-01-01T00:00', '2024-01-01T00:00', '2034-01-01T00:00', 0],
  [
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5',
    '1970-01-01T00:00',
    '2024-01-01T00:00',
    '2034-01-01T00:00',
    0,
  ],
  ['FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30', '1970-01-01T00:00', '2024-03-01T00:00', '2025-01-01T00:00', 1],
  [
    'FREQ=DAILY;INTERVAL=999999999999999999999',
    '1970-01-01T00:00',
    '2024-01-01T00:00',
    '2025-01-01T00:00',
    366,
  ],
  ['FREQ=NEVER', '1970-01-01T00:00', '2024-01-01T00:00', '2025-01-01T00:00', 1],
] as const)('%s ends', (...[rule, start, from, to, count]) => {
  verifies('M42');
  expect(times(rule, start, from, to)).toHaveLength(count);
});

const lines = (...all: string[]): string =>
  `${['BEGIN:VCALENDAR', ...all, 'END:VCALENDAR'].join('\r\n')}\r\n`;
const WEEKLY = [
  'BEGIN:VEVENT',
  'UID:1',
  'SUMMARY:Team\\, all\\nof it',
  'DTSTART;TZID=Europe/Zurich:20240318T100000',
  'DTEND;TZID=Europe/Zurich:20240318T110000',
  'RRULE:FREQ=WEEKLY',
  'EXDATE;TZID=Europe/Zurich:20240408T100000',
  'DESCRIPTION:a text that ',
  ' is folded',
  'BEGIN:VALARM',
  'SUMMARY:no',
  'END:VALARM',
  'END:VEVENT',
];
const MOVED = [
  'BEGIN:VEVENT',
  'UID:1',
  'SUMMARY:Moved',
  'RECURRENCE-ID;TZID=Europe/Zurich:20240401T100000',
  'DTSTART;TZID=Europe/Zurich:20240402T150000',
  'DURATION:PT1H',
  'END:VEVENT',
];

test('events are rows: folded lines, escapes, zones, durations; alarms are left out', async () => {
  verifies('M42');
  const { rows } = await recordsOf({
    format: 'icalendar',
    text: lines(...WEEKLY, ...MOVED),
    dialect: { part: 'VEVENT' },
  });
  expect(rows).toMatchObject([
    {
      uid: '1',
      summary: 'Team, all\nof it',
      start: '2024-03-18T10:00:00+01:00',
      end: '2024-03-18T11:00:00+01:00',
      rrule: 'FREQ=WEEKLY',
      description: 'a text that is folded',
      timezone: 'Europe/Zurich',
    },
    { summary: 'Moved', start: '2024-04-02T15:00:00+02:00', end: '2024-04-02T16:00:00+02:00' },
  ]);
});

test('within a window what recurs comes once for every time, over a change of the clocks, without what was moved or left out', async () => {
  verifies('M42');
  const window = { from: Date.parse('2024-03-20'), to: Date.parse('2024-04-20') };
  const { rows } = await recordsOf({
    format: 'icalendar',
    text: lines(...WEEKLY, ...MOVED),
    dialect: { part: 'VEVENT' },
    window,
  });
  expect(rows.map((row) => JSON.stringify(row)).join('\n')).toMatch(/Moved/);
  expect(rows).toMatchObject([
    { summary: 'Moved' },
    { start: '2024-03-25T10:00:00+01:00', end: '2024-03-25T11:00:00+01:00' },
    { start: '2024-04-15T10:00:00+02:00' },
  ]);
  expect(rows).toHaveLength(3);
});

test('an event that recurs without end, more often than anybody asks for, is cut and told', async () => {
  verifies('M42');
  const text = lines(
    'BEGIN:VEVENT',
    'UID:1',
    'DTSTART:19700101T000000Z',
    'RRULE:FREQ=SECONDLY',
    'END:VEVENT',
  );
  const window = { from: Date.parse('2024-01-01'), to: Date.parse('2025-01-01') };
  const { rows, notes } = await recordsOf({ format: 'icalendar', text, dialect: { part: 'VEVENT' }, window });
  expect(rows).toHaveLength(10_000);
  expect(notes).toEqual([
    'An event that recurs more than 10000 times in this window; the rest is left out (line 2).',
  ]);
});

test('components that are not ended, lines that are none, zones that nobody knows: read and told', async () => {
  const text =
    'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nnonsense\nDTSTART;TZID=Nowhere/Land:20240101T100000\nBEGIN:VEVENT\nUID:2\nDTSTART:99999999';
  expect(await recordsOf({ format: 'icalendar', text, dialect: { part: 'VEVENT' } })).toMatchObject({
    rows: [
      { uid: '1', start: '2024-01-01T10:00:00' },
      { uid: '2', start: null },
    ],
    notes: [
      'A line that is no property; it is left out (line 4).',
      'A component that is not ended; what stands before the next was read (line 2).',
      'A time zone that is not known; its times are given without an offset (line 5: Nowhere/Land).',
      'The file ends within a component; what stands before was read (line 6).',
      'A time that is none (line 8: DTSTART 99999999).',
    ],
  });
});

test('zones by any of their names, and the hours around a change of the clocks', () => {
  expect(zoneOf('/example.org/20050126_1/Europe/Berlin')).toBe('Europe/Berlin');
  expect(zoneOf('Customized Time Zone')).toBeUndefined();
  const at = (text: string): string => {
    const time = timeOf(text, 'Europe/Berlin');
    return time === undefined ? '' : `${toIso(time)} ${new Date(toMs(time)).toISOString()}`;
  };
  expect(at('20240331T013000')).toBe('2024-03-31T01:30:00+01:00 2024-03-31T00:30:00.000Z');
  expect(at('20240331T033000')).toBe('2024-03-31T03:30:00+02:00 2024-03-31T01:30:00.000Z');
  expect(at('20241027T033000')).toBe('2024-10-27T03:30:00+01:00 2024-10-27T02:30:00.000Z');
});

test('a duration that leads out of the calendar is none', () => {
  expect(['P1W', '-PT15M', 'P999999999999999999W', 'an hour'].map(durationOf)).toEqual([
    604_800,
    -900,
    undefined,
    undefined,
  ]);
});
