import { LoopOrder } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { planOfSource } from './intake.ts';

test.each([
  ['https://api.weather.example.com/openapi.json', 'weather-example'],
  ['https://example.com/specs/petstore.yaml?raw=1', 'petstore'],
  ['https://www.tasks.io/v2/swagger.json', 'tasks'],
  ['/home/someone/notes.json', 'notes'],
  ['http://127.0.0.1:8080/openapi.json', 'openapi'],
])('a server from %s is called %s', (from, name) => {
  expect(planOfSource(LoopOrder.parse({ text: 'Build it', from })).name).toBe(name);
});
