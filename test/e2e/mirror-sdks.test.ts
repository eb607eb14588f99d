import { Client as Notion } from '@notionhq/client';
import { startMirror, type RunningMirror } from '@counterpart/scaffolds/mirror/serve';
import { Octokit } from '@octokit/rest';
import { Stripe } from 'stripe';
import twilio from 'twilio';
import { afterEach, describe, expect, test } from 'vitest';
import { hasDescriptions } from './builder-workspace.ts';
import { readDescription } from './mirror-descriptions.ts';

const TIMEOUT_MS = 120_000;
const running: RunningMirror[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((mirror) => mirror.close()));
});

/** The mirror of a description, and every answer of it that was no success. */
async function mirrorOf(file: string): Promise<{ url: string; refusals: string[] }> {
  const refusals: string[] = [];
  const mirror = await startMirror(await readDescription(file), {
    log: ({ method, path, status }) => {
      if (status >= 400) refusals.push(`${status} ${method} ${path}`);
    },
  });
  running.push(mirror);
  return { url: mirror.url, refusals };
}

/** The vendors' own clients, as published; all that is changed is the address. */
describe.skipIf(!hasDescriptions)(
  'the vendor’s own client works against the mirror (skipped without ../shared/specs)',
  () => {
    test('Stripe: customers, prices and payments live', { timeout: TIMEOUT_MS }, async () => {
      const { url, refusals } = await mirrorOf('stripe.json');
      const { hostname: host, port } = new URL(url);
      const stripe = new Stripe('sk_test_mirror', {
        host,
        port: Number(port),
        protocol: 'http',
        maxNetworkRetries: 0,
      });

      const ada = await stripe.customers.create({
        name: 'Ada',
        email: 'ada@example.com',
        metadata: { plan: 'free' },
      });
      expect(ada).toMatchObject({
        object: 'customer',
        name: 'Ada',
        email: 'ada@example.com',
        metadata: { plan: 'free' },
      });
      expect(await stripe.customers.retrieve(ada.id)).toMatchObject({
        id: ada.id,
        name: 'Ada',
        created: ada.created,
      });
      const changed = await stripe.customers.update(ada.id, { name: 'Ada L.', metadata: { seats: '2' } });
      expect(changed).toMatchObject({
        name: 'Ada L.',
        email: 'ada@example.com',
        metadata: { plan: 'free', seats: '2' },
      });
      expect((await stripe.customers.list({ email: 'ada@example.com' })).data.map(({ id }) => id)).toEqual([
        ada.id,
      ]);

      for (const name of ['Bo', 'Cy', 'Di']) await stripe.customers.create({ name });
      const names: (string | null | undefined)[] = [];
      for await (const { name } of stripe.customers.list({ limit: 2 })) names.push(name);
      expect(names).toEqual(expect.arrayContaining(['Ada L.', 'Bo', 'Cy', 'Di']));
      expect(new Set(names).size).toBe(names.length);

      const product = await stripe.products.create({ name: 'Tea' });
      const price = await stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 450 });
      expect(await stripe.prices.retrieve(price.id)).toMatchObject({
        product: product.id,
        currency: 'eur',
        unit_amount: 450,
      });
      const payment = await stripe.paymentIntents.create({ amount: 450, currency: 'eur', customer: ada.id });
      expect(await stripe.paymentIntents.cancel(payment.id)).toMatchObject({
        id: payment.id,
        status: 'canceled',
      });
      expect(await stripe.paymentIntents.retrieve(payment.id)).toMatchObject({
        amount: 450,
        status: 'canceled',
      });
      expect(refusals).toEqual([]);

      expect(await stripe.customers.del(ada.id)).toMatchObject({ id: ada.id, deleted: true });
      await expect(stripe.customers.retrieve(ada.id)).rejects.toMatchObject({ statusCode: 404 });
      await expect(
        stripe.prices.create({ currency: 'eur', unit_amount: 'many' as never }),
      ).rejects.toMatchObject({ statusCode: 422 });
    });

    test(
      'GitHub: a repository with its issues, comments and labels lives',
      { timeout: TIMEOUT_MS },
      async () => {
        const { url, refusals } = await mirrorOf('github.json');
        const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
        const { rest, paginate } = new Octokit({ baseUrl: url, auth: 'mirror', log: silent });

        const made = await rest.repos.createForAuthenticatedUser({
          name: 'tea',
          description: 'all of it',
          private: true,
        });
        expect(made).toMatchObject({
          status: 201,
          data: { name: 'tea', description: 'all of it', private: true },
        });
        const place = { owner: made.data.owner.login, repo: 'tea' };
        expect((await rest.repos.get(place)).data).toMatchObject({ id: made.data.id, name: 'tea' });
        expect((await rest.repos.update({ ...place, description: 'half of it' })).data.description).toBe(
          'half of it',
        );

        const { data: issue } = await rest.issues.create({
          ...place,
          title: 'Too hot',
          body: 'Wait.',
          assignees: ['ada'],
        });
        expect(issue).toMatchObject({ title: 'Too hot', body: 'Wait.', assignees: [{ login: 'ada' }] });
        const here = { ...place, issue_number: issue.number };
        await rest.issues.update({ ...here, state: 'closed', title: 'Was too hot' });
        expect((await rest.issues.get(here)).data).toMatchObject({
          number: issue.number,
          title: 'Was too hot',
          state: 'closed',
        });
        for (const title of ['a', 'b', 'c', 'd']) await rest.issues.create({ ...place, title });
        const all = await paginate(rest.issues.listForRepo, { ...place, state: 'all', per_page: 2 });
        expect(all.map(({ title }) => title)).toEqual(
          expect.arrayContaining(['Was too hot', 'a', 'b', 'c', 'd']),
        );
        expect(new Set(all.map(({ number }) => number)).size).toBe(all.length);

        const { data: comment } = await rest.issues.createComment({ ...here, body: 'First.' });
        const comment_id = comment.id;
        expect((await rest.issues.updateComment({ ...place, comment_id, body: 'Second.' })).data.body).toBe(
          'Second.',
        );
        expect((await rest.issues.listComments(here)).data.map(({ body }) => body)).toContain('Second.');
        await rest.issues.deleteComment({ ...place, comment_id });
        expect((await rest.issues.listComments(here)).data.map(({ id }) => id)).not.toContain(comment_id);

        await rest.issues.createLabel({ ...place, name: 'hot', color: 'ff0000' });
        await rest.issues.updateLabel({ ...place, name: 'hot', color: '00ff00' });
        expect((await rest.issues.getLabel({ ...place, name: 'hot' })).data).toMatchObject({
          name: 'hot',
          color: '00ff00',
        });
        expect(refusals).toEqual([]);

        expect((await rest.repos.delete(place)).status).toBe(204);
        await expect(rest.repos.get(place)).rejects.toMatchObject({ status: 404 });
        await expect(rest.issues.get(here)).rejects.toMatchObject({ status: 404 });
      },
    );

    test('Notion: data sources, pages, blocks and comments live', { timeout: TIMEOUT_MS }, async () => {
      const { url, refusals } = await mirrorOf('notion.json');
      const notion = new Notion({ auth: 'mirror', baseUrl: url, logger: () => {} });
      const text = (content: string) => [{ text: { content } }];

      const source = await notion.dataSources.create({
        parent: { type: 'page_id', page_id: 'd9824bdc-8445-4327-be8b-5b47500af6ce' },
        title: text('Tasks'),
        properties: { Name: { title: {} } },
      } as never);
      const page = await notion.pages.create({
        parent: { type: 'database_id', database_id: source.id },
        properties: { Name: { title: text('Buy tea') } },
      } as never);
      expect(page).toMatchObject({ object: 'page', properties: { Name: { title: text('Buy tea') } } });
      await notion.pages.update({ page_id: page.id, properties: { Name: { title: text('Buy coffee') } } });
      const read = await notion.pages.retrieve({ page_id: page.id });
      expect(read).toMatchObject({ id: page.id, properties: { Name: { title: text('Buy coffee') } } });
      const found = await notion.dataSources.query({ data_source_id: source.id });
      expect(found).toMatchObject({ object: 'list', has_more: false, results: [{ id: page.id }] });
      expect((await notion.search({ query: 'coffee' })).results.map(({ id }) => id)).toEqual([page.id]);

      await notion.blocks.children.append({
        block_id: page.id,
        children: [{ paragraph: { rich_text: text('One') } }, { paragraph: { rich_text: text('Two') } }],
      });
      const { results } = await notion.blocks.children.list({ block_id: page.id });
      const [one = { id: '' }] = results.filter((block) => JSON.stringify(block).includes('One'));
      const block_id = one.id;
      await notion.blocks.update({ block_id, paragraph: { rich_text: text('Uno') } });
      expect(await notion.blocks.retrieve({ block_id })).toMatchObject({
        paragraph: { rich_text: text('Uno') },
      });
      await notion.comments.create({ parent: { page_id: page.id }, rich_text: text('Really?') });
      const comments = await notion.comments.list({ block_id: page.id });
      expect(JSON.stringify(comments.results)).toContain('Really?');
      expect(refusals).toEqual([]);

      await notion.blocks.delete({ block_id });
      await expect(notion.blocks.retrieve({ block_id })).rejects.toMatchObject({ status: 404 });
      expect(await notion.pages.update({ page_id: page.id, in_trash: true })).toMatchObject({
        in_trash: true,
      });
    });

    test('Twilio: messages, calls and applications live', { timeout: TIMEOUT_MS }, async () => {
      const { url, refusals } = await mirrorOf('twilio-2010.json');
      const accountSid = `AC${'0'.repeat(32)}`;
      const client = twilio(accountSid, 'mirror');
      client.api.baseUrl = url;

      const sent = await client.messages.create({ to: '+15550100001', from: '+15550100002', body: 'Tea?' });
      expect(sent).toMatchObject({ body: 'Tea?', to: '+15550100001', from: '+15550100002', accountSid });
      expect(await client.messages(sent.sid).fetch()).toMatchObject({ sid: sent.sid, body: 'Tea?' });
      expect(await client.messages(sent.sid).update({ body: '' })).toMatchObject({ sid: sent.sid, body: '' });
      expect((await client.messages.list({ to: '+15550100001' })).map(({ sid }) => sid)).toEqual([sent.sid]);

      const to = ['+15550100011', '+15550100012', '+15550100013', '+15550100014', '+15550100015'];
      for (const one of to)
        await client.calls.create({ to: one, from: '+15550100002', url: 'https://example.com/' });
      const called = await client.calls.list({ pageSize: 2 });
      expect(called.map((call) => call.to)).toEqual(expect.arrayContaining(to));
      expect(new Set(called.map(({ sid }) => sid)).size).toBe(called.length);

      const phone = await client.applications.create({ friendlyName: 'Phone' });
      await client.applications(phone.sid).update({ friendlyName: 'Fax' });
      expect(await client.applications(phone.sid).fetch()).toMatchObject({ friendlyName: 'Fax' });
      expect(refusals).toEqual([]);

      expect(await client.messages(sent.sid).remove()).toBe(true);
      await expect(client.messages(sent.sid).fetch()).rejects.toMatchObject({ status: 404 });
    });
  },
);
