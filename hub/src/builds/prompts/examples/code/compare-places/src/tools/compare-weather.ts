import { defineTool, ToolFailure } from '@counterpart/kit';
import { z } from 'zod';

const Weather = z.looseObject({ temperature: z.number() });

/** Compares the temperature of several places, the warmest first. */
export const compareWeather = defineTool({
  name: 'compare_weather',
  title: 'Compare the weather of places',
  description:
    'Temperatures now of two to five places in °C, the warmest first. Knows cities only, and no forecasts.',
  effect: 'read',
  input: z.strictObject({
    places: z.array(z.string().min(1).max(80)).min(2).max(5).describe('Names of cities, such as "Toronto".'),
  }),
  output: z.strictObject({
    places: z.array(
      z.strictObject({
        name: z.string().describe('As it was asked for.'),
        celsius: z.number().describe('Now.'),
      }),
    ),
  }),
  async run({ places }, { http, setting }) {
    const key = setting('WEATHER_KEY');
    if (key === undefined) throw new ToolFailure('There is no key yet: set the secret WEATHER_KEY.');
    const found = await Promise.all(
      places.map(async (name) => {
        const answer = await http.json({ path: '/now', query: { city: name }, headers: { 'x-key': key } });
        return { name, celsius: Weather.parse(answer).temperature };
      }),
    );
    return { places: found.toSorted((a, b) => b.celsius - a.celsius) };
  },
});
