import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { decisionIntent, type PendingDecision } from './decision-intent.ts';

const BUILD: PendingDecision = { id: 'b-17', names: ['weather', 'weather server'], isAsked: true };
const CALL: PendingDecision = { id: 'c-4', names: ['delete_page', 'notion__delete_page'], isAsked: true };

const decided = (message: string, ...pending: readonly PendingDecision[]) =>
  decisionIntent(message, pending)?.decision;

describe('a message is a word about what waits', () => {
  test.each([
    'yes',
    'Yes!',
    'yes, please',
    'ok',
    'OK, go ahead',
    'sure, do it',
    'Approve',
    'approve it please',
    'Yes, build it',
    'go for it',
    'y',
    'Ja, bitte',
    'Ja, genehmigt',
    'oui, vas-y',
    'sí, adelante',
    'va bene',
    'sim',
    'да',
    '好的',
    'はい',
    'yes, approve the weather server',
    'approve b-17',
    'Looks good. Proceed.',
    '👍',
  ])('for it: %s', (message) => {
    verifies('D04');
    expect(decided(message, BUILD)).toBe('approve');
  });

  test.each([
    'no',
    'No, thanks',
    'nope',
    'cancel',
    'stop it',
    'reject',
    'Reject it, please',
    'don’t',
    'do not build it',
    'Nein, danke',
    'non',
    'no, gracias',
    'annulla',
    'нет',
    '不要',
    'forget it',
    'never mind',
    'reject the weather server',
    '👎',
  ])('against it: %s', (message) => {
    verifies('D04');
    expect(decided(message, BUILD)).toBe('reject');
  });

  test.each([
    'yes, but call it forecast',
    'yes and no',
    'maybe',
    'yes?',
    'what does it do?',
    'yesterday it rained',
    'no problem, what is next',
    'ok, what is the weather in Paris',
    'not sure',
    'yes if it is free',
    'I approve of your tone but wait',
    'yes, delete the page too',
    'first show me the code',
    'ok google',
    'no idea',
    'good morning',
    '',
    'go ahead and book the flight',
    'approve the invoice 12',
  ])('neither: %s', (message) => {
    verifies('D04');
    expect(decided(message, BUILD)).toBeUndefined();
  });
});

describe('a word is bound to one thing', () => {
  test('a yes to another question decides nothing, an approval does', () => {
    verifies('D04');
    const elsewhere = { ...BUILD, isAsked: false };
    expect([decided('yes', elsewhere), decided('no', elsewhere), decided('approve', elsewhere)]).toEqual([
      undefined,
      undefined,
      'approve',
    ]);
  });

  test('of several things only the one that is named is decided', () => {
    verifies('D04');
    expect(decisionIntent('yes', [BUILD, CALL])).toBeUndefined();
    expect(decisionIntent('approve', [BUILD, CALL])).toBeUndefined();
    expect(decisionIntent('approve delete_page', [BUILD, CALL])).toEqual({ id: 'c-4', decision: 'approve' });
    expect(decisionIntent('reject the weather server', [BUILD, CALL])).toEqual({
      id: 'b-17',
      decision: 'reject',
    });
    expect(decisionIntent('approve weather and delete_page', [BUILD, CALL])).toBeUndefined();
  });

  test('nothing waits, nothing is decided', () => {
    expect(decisionIntent('yes', [])).toBeUndefined();
  });
});
