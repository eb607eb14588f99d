import { expect, test } from 'vitest';
import { maskLines } from './masked.ts';

test('of a table only the names of columns are told, and what cells look like', () => {
  expect(
    maskLines(['Date,Description,Amount', '2024-01-15,TIM HORTONS,4.50', '2024-02-16,ANN OBEY,11.00']),
  ).toEqual(['Date,Description,Amount', '9999-99-99,AAA AAAAAAA,9.99']);
  expect(maskLines(['2024-01-15,"Café, Ann",4.50'])).toEqual(['9999-99-99,"Aaaa, Aaa",9.99']);
  expect(maskLines(['Smith,John', 'Doe,Jane'])).toEqual(['Aaaaa,Aaaa']);
  expect(maskLines(['"Ann","Obey",3'])).toEqual(['"Aaa","Aaaa",9']);
});

test('of XML names stay, and words that are kinds of records; what a person is called does not', () => {
  const record = (type: string, value: string): string =>
    `<Record type="${type}" sourceName="Ann's Watch" value="${value}"/>`;
  const lines = [record('HKStepCount', '12'), record('HKStepCount', '34'), record('HKStepCount', '56')];
  expect(
    maskLines([
      '<!DOCTYPE HealthData [',
      '<!ELEMENT Me EMPTY>',
      ']>',
      '<HealthData locale="en_CA">',
      ...lines,
      '<Me name="Ann"/>',
    ]),
  ).toEqual([
    '<HealthData locale="aa_AA">',
    '<Record type="HKStepCount" sourceName="Aaa\'a Aaaaa" value="99"/>',
    '<Me name="Aaa"/>',
  ]);
});

test('of JSON names of members stay, and numbers and texts show their look only', () => {
  expect(maskLines(['{"name":"Ann","steps":[1200.5,-3],"at":"2024-01-02T03:04"}'])).toEqual([
    '{"name":"Aaa","steps":[9999.9,-9],"at":"9999-99-99A99:99"}',
  ]);
});

test('a value whose end is on another line, or cut off, is masked; so is text that stands by itself', () => {
  expect(
    maskLines([
      '<Diary owner="Ann Obey" at="2014-01-01 12:',
      '30" mood="glad">',
      '  I met Tom at 12 Elm Street',
      '  place="Rome"',
      '<!-- of Ann --><Note><![CDATA[Tom & Ann]]></Note>',
      '<b>so</b> it was',
    ]),
  ).toEqual([
    '<Diary owner="Aaa Aaaa" at="9999-99-99 99:',
    '99" aaaa="aaaa">',
    '  A aaa Aaa aa 99 Aaa Aa…',
    '  place="Aaaa"',
    '<!-- aa Aaa --><Note><![CDATA[Aaa & Aaa]]></Note>',
    '<b>aa</b> aa aaa',
  ]);
  expect(maskLines(['{"name":"Ann","note":"she lives at 12 E'])).toEqual([
    '{"name":"Aaa","note":"aaa aaaaa aa 99 A',
  ]);
  expect(maskLines(['{', '"ann@mail.example":1,', '"2024-01-02":{"on":true}', '}'])).toEqual([
    '{',
    '"aaa@aaaa.aaaaaaa":9,',
    '"9999-99-99":{"on":true}',
    '}',
  ]);
});
