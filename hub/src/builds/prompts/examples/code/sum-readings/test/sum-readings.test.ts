import { testContext } from '@counterpart/kit/testing';
import { expect, test } from 'vitest';
import { readMonths } from '../src/readings.ts';
import { sumReadings } from '../src/tools/sum-readings.ts';

const METER_SOURCE = {
  'january.csv': 'Date,kWh\n2024-01-30,1.25\n2024-01-31,2.5\nno date,9\n',
  'february.csv': 'Date,kWh\n2024-02-01,4\n2024-02-02,unread\n',
};

test('months of all files are summed, and lines that are no reading are left out', async () => {
  const answer = await sumReadings.call({}, testContext({ files: { METER_SOURCE } }));
  expect(answer.structuredContent).toEqual({
    months: [
      { month: '2024-01', kwh: 3.8 },
      { month: '2024-02', kwh: 4 },
    ],
  });
});

test('both ends of a time belong to it, and a time without readings is empty', async () => {
  const context = testContext({ files: { METER_SOURCE } });
  const february = await sumReadings.call({ from: '2024-02', to: '2024-02' }, context);
  expect(february.structuredContent).toEqual({ months: [{ month: '2024-02', kwh: 4 }] });
  const none = await sumReadings.call({ from: '2025-01' }, context);
  expect(none.structuredContent).toEqual({ months: [] });
});

test('without a file it says where to put one', async () => {
  await expect(readMonths(testContext({ files: { METER_SOURCE: {} } }))).rejects.toThrow('METER_SOURCE');
});
