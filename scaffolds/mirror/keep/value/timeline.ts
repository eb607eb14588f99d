import type { Json, JsonObject } from '@counterpart/schemas';
import { isObject, own } from '../../schema/json-value.ts';
import { asText } from '../../answer/render.ts';
import { plain } from '../../resource/words.ts';

const CREATED =
  /^(?:created|createdat|createdon|createdtime|createdate|createddate|createdatetime|creationtime|creationdate|creationtimestamp|datecreated|insertedat|registeredat|createdateutc|createddateutc|timecreated|addedat|dateadded)$/;
const UPDATED =
  /^(?:updated|updatedat|updatedon|updatedtime|updatedate|updateddate|modified|modifiedat|modifiedon|modifiedtime|datemodified|dateupdated|lastupdated|lastmodified|lastmodifiedat|lasteditedtime|lastupdatedat|lastedited|updateddateutc|lastupdatedtime|contentmodifiedat|contentcreatedat)$/;
const EARLY = /^(?:start|started|begin|begins|from|opened|issued|since|sent|published|joined)/;
const LATE =
  /(?:end|ended|finish|finished|completed|closed|until|expires|expired|due|deleted|archived|canceled|cancelled|to)(?:at|on|date|time|dateutc)?$/;
/** One level down, where many services keep their times. */
const HOLDERS = new Set(['metadata', 'meta', 'attributes', 'sys', 'system']);

type Form = (ms: number) => Json;

/** The way a moment is written here, or undefined for what is no moment. */
function formOf(value: Json | undefined): Form | undefined {
  if (typeof value === 'number') {
    if (value > 1e11 && value < 1e14) return (ms) => ms;
    return value > 9e8 && value < 1e11 ? (ms) => Math.floor(ms / 1_000) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(value)) return isoForm(value);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return (ms) => new Date(ms).toISOString().slice(0, 10);
  if (/^\w{3}, \d{1,2} \w{3} \d{4}/.test(value))
    return (ms) => new Date(ms).toUTCString().replace('GMT', value.endsWith('+0000') ? '+0000' : 'GMT');
  return undefined;
}

function isoForm(sample: string): Form {
  const separator = sample[10] ?? 'T';
  const fraction = sample.includes('.');
  return (ms) => {
    const text = new Date(ms).toISOString();
    return (fraction ? text : text.replace(/\.\d+Z$/, 'Z')).replace('T', separator);
  };
}

const toMs = (value: Json): number =>
  typeof value === 'number' ? (value < 1e11 ? value * 1_000 : value) : Date.parse(asText(value));

/** Where on the line of a thing's life a member of this name lies. */
function rank(name: string): number {
  if (CREATED.test(name)) return 0;
  if (EARLY.test(name)) return 1;
  if (LATE.test(name)) return 4;
  return UPDATED.test(name) ? 3 : 2;
}

/** The same object with its moments in the order of a life: made, begun, changed, ended. */
export function inOrder(thing: JsonObject): JsonObject {
  const moments = Object.entries(thing).flatMap(([name, value]) => {
    const form = formOf(value);
    return form && isMomentName(name) ? [{ name, form, ms: toMs(value), rank: rank(plain(name)) }] : [];
  });
  const below = Object.entries(thing).flatMap(([name, value]): [string, Json][] =>
    isObject(value) ? [[name, inOrder(value)]] : [],
  );
  const sorted = moments.map(({ ms }) => ms).sort((a, b) => a - b);
  const ranked = moments.toSorted((a, b) => a.rank - b.rank);
  const times = ranked.map(({ name, form }, index): [string, Json] => [name, form(sorted[index] ?? 0)]);
  return { ...thing, ...Object.fromEntries(below), ...Object.fromEntries(times) };
}

const isMomentName = (name: string): boolean =>
  /(?:at|on|time|date|utc|stamp|created|updated|modified|start|end|ed|since|until)$/i.test(name);

/** The same object made at one moment and last changed at another. */
export function stampTimes(
  thing: JsonObject,
  { createdAtMs, updatedAtMs }: { readonly createdAtMs: number; readonly updatedAtMs: number },
): JsonObject {
  const stamped = Object.entries(thing).map(([name, value]): [string, Json] => {
    const isHolder = HOLDERS.has(plain(name)) && isObject(value);
    if (isHolder) return [name, stampTimes(value, { createdAtMs, updatedAtMs })];
    const ms = CREATED.test(plain(name)) ? createdAtMs : UPDATED.test(plain(name)) ? updatedAtMs : undefined;
    const form = ms === undefined ? undefined : formOf(own(thing, name));
    return [name, form && ms !== undefined ? form(ms) : value];
  });
  return Object.fromEntries(stamped);
}
