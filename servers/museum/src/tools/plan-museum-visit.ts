import { defineTool, ToolFailure, type Http } from '@counterpart/kit';
import { z } from 'zod';

const DailyHours = z.looseObject({ date: z.iso.date(), timeOpen: z.string(), timeClose: z.string() });
const SpecialEvent = z.looseObject({
  eventId: z.string().optional(),
  name: z.string(),
  location: z.string(),
  dates: z.array(z.iso.date()),
  price: z.number(),
});

/** Opening hours and the special events of one day, with what they cost for a party, in one call. */
export const planMuseumVisit = defineTool({
  name: 'plan_museum_visit',
  title: 'Plan a museum visit',
  description:
    'Tells for one day whether the museum is open, from when to when, and which special events take place, with ' +
    'the price for the whole party. Use it before buying tickets; it buys nothing.',
  effect: 'read',
  input: z.strictObject({
    date: z.iso.date().describe('Day of the visit, such as 2023-09-15.'),
    people: z.int().min(1).max(50).default(1).describe('Size of the party.'),
  }),
  output: z.strictObject({
    date: z.string(),
    open: z.boolean(),
    hours: z.strictObject({ opens: z.string(), closes: z.string() }).optional(),
    events: z.array(
      z.strictObject({
        eventId: z.string().optional().describe('Needed to buy tickets.'),
        name: z.string(),
        location: z.string(),
        totalPrice: z.number().describe('For the whole party.'),
      }),
    ),
  }),
  async run({ date, people }, { http, signal }) {
    const [days, events] = await Promise.all([
      readList(http, DailyHours, { path: '/museum-hours', query: { startDate: date, limit: 1 }, signal }),
      readList(http, SpecialEvent, { path: '/special-events', query: { startDate: date, endDate: date }, signal }),
    ]);
    const day = days.find((hours) => hours.date === date);
    const taking = day === undefined ? [] : events.filter((event) => event.dates.includes(date));
    return {
      date,
      open: day !== undefined,
      ...(day === undefined ? {} : { hours: { opens: day.timeOpen, closes: day.timeClose } }),
      events: taking.map(({ eventId, name, location, price }) => ({
        ...(eventId === undefined ? {} : { eventId }),
        name,
        location,
        totalPrice: price * people,
      })),
    };
  },
});

async function readList<T>(http: Http, item: z.ZodType<T>, call: Parameters<Http['json']>[0]): Promise<T[]> {
  const list = z.array(item).safeParse(await http.json(call));
  if (list.success) return list.data;
  throw new ToolFailure(`The museum answered ${call.path} in a form this tool does not know.`);
}
