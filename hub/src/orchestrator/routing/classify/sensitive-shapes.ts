import {
  CREDENTIAL,
  CREDENTIAL_MARKS,
  NAMED_CREDENTIAL,
  NAMED_MARKS,
} from '../../understanding/credentials/shapes.ts';

// How sensitive things look. The patterns are sticky, bounded and tried only where one of the marks begins: what they cost does
// not depend on how long a text is.

export const CARD = /[2-6](?:[ -]?\d){12,18}(?![\d.]{0,40}\d)/y;
export const IBAN = /[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/y;
export const IDENTITY = /(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/y;

/** The same shapes as everywhere, tried at one place only. */
export const SECRET = new RegExp(CREDENTIAL.source, 'y');
export const NAMED_SECRET = new RegExp(NAMED_CREDENTIAL.source, 'y');

export const MAILBOX = /[\w.+-]{1,64}$/;
export const HOST = /^[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/;

const list = (text: string): readonly string[] => text.split(/\s*[,\n]\s*/).filter((mark) => mark !== '');

const OWNERS = list(
  `my, our, his, her, i was, i am, i've been, patient, patient's, mother's, father's, mein, meine, meiner, meinem, meinen,
   mon, ma, mes, mi, mis, mio, mia, minha, meu`,
);

/** What says that something may be there, in lower case. Illness alone says nothing about a person, nor does who has it. */
export const MARKS = {
  token: CREDENTIAL_MARKS.map((mark) => mark.toLowerCase()),
  named: NAMED_MARKS,
  record: list(
    `medical record, patient id, patient record, patient file, patient name, krankenakte, patientenakte, dossier médical,
     historia clínica, cartella clinica`,
  ),
  whose: OWNERS.flatMap((owner) => [' ', '\n', '\t', '\u00a0'].map((space) => owner + space)),
  illness: list(
    `diagnos, cancer, tumor, tumour, chemother, diabet, depress, bipolar, schizophr, epileps, asthma, hepatit, pregnan, miscarr,
     abortion, therap, psychiat, medica, prescri, blood test, blood pressure, blood sugar, symptom, surgery, biopsy, rehab,
     krebs, schwanger, krankheit, blutdruck, befund, grossesse, maladie, traitement, embaraz, enfermedad, tratamiento,
     gravidanza, malattia`,
  ),
  shortIllness: list('hiv'),
} as const;

/** ISO/IEC 7812-1, annex B: the check digit of card numbers; what stands between the digits does not count. */
export function passesLuhn(text: string): boolean {
  const digits = (text.match(/\d/g) ?? []).map(Number);
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const weighed = index % 2 === 1 ? digit * 2 : digit;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0 && new Set(digits).size > 1;
}

/** ISO 7064, MOD 97-10: the check digits of an IBAN. */
export function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '');
  if (compact.length < 15 || compact.length > 34) return false;
  const turned = compact.slice(4) + compact.slice(0, 4);
  let rest = 0;
  for (const char of turned) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
