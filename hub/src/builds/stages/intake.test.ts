import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { discover } from '@counterpart/scaffolds/readers/discover/discover';
import { LoopOrder, LoopPlan } from '@counterpart/schemas';
import { afterEach, describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { lookForSource, planOfSource } from './intake.ts';

test.each([
  ['https://api.weather.example.com/openapi.json', 'weather-example'],
  ['https://example.com/specs/petstore.yaml?raw=1', 'petstore'],
  ['https://www.tasks.io/v2/swagger.json', 'tasks'],
  ['/home/someone/notes.json', 'notes'],
  ['http://127.0.0.1:8080/openapi.json', 'openapi'],
])('a server from %s is called %s', (from, name) => {
  expect(planOfSource(LoopOrder.parse({ text: 'Build it', from })).name).toBe(name);
});

describe('what a build looks for', () => {
  const API = { openapi: '3.1.0', info: { title: 'Shop', version: '1' }, paths: {} };
  const sites: Server[] = [];
  afterEach(async () => {
    for (const site of sites.splice(0)) await new Promise((closed) => site.close(closed));
  });

  /** A service whose pages are these. */
  async function serve(pages: Readonly<Record<string, string>>): Promise<string> {
    const site = createServer((request, response) => {
      const page = pages[request.url ?? ''];
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(page);
    });
    sites.push(site);
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    const { port } = site.address() as AddressInfo; // It listens on TCP.
    return `http://127.0.0.1:${port}`;
  }

  const plan = LoopPlan.parse({ kind: 'description', name: 'shop', title: 'Shop', summary: 'Sells toys.' });
  const order = (text: string) => LoopOrder.parse({ text });
  const { signal } = new AbortController();

  test('is first what stands at the address in the words, and nobody is asked then', async () => {
    verifies('B16');
    const shop = await serve({ '/openapi.json': JSON.stringify(API) });
    const research = (): Promise<string> => Promise.reject(new Error('asked for nothing'));
    const found = await lookForSource(order(`Use the shop at ${shop}/.`), plan, { signal, research });
    expect(found.source).toBe(`${shop}/openapi.json`);
  });

  test('is then what a model that searches names, which is told the plan and not the words', async () => {
    verifies('B16');
    const [empty, shop] = [await serve({}), await serve({ '/openapi.json': JSON.stringify(API) })];
    const asked: string[] = [];
    const research = ({ prompt }: { readonly prompt: string }): Promise<string> => {
      asked.push(prompt);
      return Promise.resolve(`Look at ${empty}/docs [1], or at ${shop}/.`);
    };
    const reaches: unknown[] = [];
    const discovering: typeof discover = (url, abort, reach) => {
      reaches.push(reach);
      return discover(url, abort); // As if this machine were somewhere else.
    };
    const found = await lookForSource(order('My private toys'), plan, { signal, research, discovering });
    expect(found.source).toBe(`${shop}/openapi.json`);
    expect(reaches).toEqual([{ publicOnly: true }, { publicOnly: true }]);
    expect(asked).toEqual([expect.stringMatching(/Shop: Sells toys\./)]);
    expect(asked.join()).not.toContain('private');
  });

  test('leads into a private network by the words of the owner only', async () => {
    const shop = await serve({ '/openapi.json': JSON.stringify(API) });
    const refused = { tried: [expect.stringContaining('is a private address')] };
    const proposed = { ...plan, description: `${shop}/openapi.json` };
    expect(await lookForSource(order('Toys'), proposed, { signal })).toEqual(refused);
    const named = order(`Toys, of ${shop}/.`);
    expect(await lookForSource(named, plan, { signal, person: 'anna' })).toEqual(refused);
    expect((await lookForSource(named, proposed, { signal })).source).toBe(`${shop}/openapi.json`);
  });

  test('that fails or finds nothing is told, and the build goes on to its author', async () => {
    const look = (research: () => Promise<string>) =>
      lookForSource(order('Toys'), plan, { signal, research });
    expect(await look(() => Promise.resolve('I do not know.'))).toEqual({
      tried: ['research named no address'],
    });
    expect(await look(() => Promise.reject(new Error('no quota')))).toEqual({
      tried: ['research failed: no quota'],
    });
    expect(await lookForSource(order('Toys'), plan, { signal })).toEqual({ tried: [] });
  });
});
