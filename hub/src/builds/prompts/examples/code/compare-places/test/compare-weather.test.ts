import { startService, testContext } from '@counterpart/kit/testing';
import { expect, test } from 'vitest';
import { compareWeather } from '../src/tools/compare-weather.ts';

test('the warmest place comes first, and each is asked for with the key', async () => {
  const service = await startService((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ temperature: request.url?.includes('Rome') ? 31 : 12 }));
  });
  const context = testContext({ baseUrl: service.url, settings: { WEATHER_KEY: 'k' } });
  const answer = await compareWeather.call({ places: ['Oslo', 'Rome'] }, context);
  await service.close();
  expect(answer.structuredContent).toEqual({
    places: [
      { name: 'Rome', celsius: 31 },
      { name: 'Oslo', celsius: 12 },
    ],
  });
});

test('without a key it says which one is missing', async () => {
  await expect(compareWeather.call({ places: ['Oslo', 'Rome'] }, testContext())).rejects.toThrow(
    'WEATHER_KEY',
  );
});
