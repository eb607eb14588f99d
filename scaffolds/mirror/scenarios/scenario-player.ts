import {
  canonicalJson,
  hubError,
  type Json,
  type JsonObject,
  type Scenario,
  type ScenarioMatch,
  type ScenarioProgress,
  type ScenarioStep,
} from '@counterpart/schemas';
import type { RawRequest } from '../request/decode-request.ts';
import { decodeText } from '../recording/exchange.ts';
import { queryPairs } from '../recording/har-entry.ts';
import { decodeLiteral } from '../route/path-segment.ts';
import { isArray, isObject, own, parseJson } from '../schema/json-value.ts';
import { checkTemplates, fillText, fillValue, parseTemplate, type TemplateValues } from './template.ts';

/** Plays one scenario: which step answers a request, and how far it has come. */
export interface ScenarioPlayer {
  readonly scenario: Scenario;
  readonly progress: ScenarioProgress;
  /** The answer of the first step that fits, which then counts as given; undefined when none does. */
  play(request: RawRequest, operation: string | undefined): ScenarioResponse | undefined;
}

export interface ScenarioResponse {
  readonly delayMs: number;
  readonly response: Response;
}

export type PlayerValues = Omit<TemplateValues, 'roots'> & {
  /** What `{{state…}}` reads. */
  readonly state: () => Json;
};

/** Throws INPUT_INVALID for a template that cannot be read, a step that cannot be reached, and an answer with two bodies. */
export function checkScenario(scenario: Scenario): void {
  const states = new Set([scenario.start, ...scenario.steps.flatMap(({ to }) => to ?? [])]);
  scenario.steps.forEach((step, index) => {
    const refuse = (detail: string) =>
      hubError('INPUT_INVALID', {
        subject: `step ${index + 1} of the scenario ${scenario.name}`,
        detail,
      });
    if (step.in !== undefined && !states.has(step.in))
      throw refuse(`it waits for the state "${step.in}", and no step leads there`);
    const { json, text, headers } = step.answer;
    if (json !== undefined && text !== undefined) throw refuse('an answer has json or text, not both');
    if (json !== undefined) checkTemplates(json);
    if (text !== undefined) parseTemplate(text);
    Object.values(headers).forEach(parseTemplate);
    const misnamed = Object.keys(headers).find((name) => !/^[!#$%&'*+.^_`|~\w-]+$/.test(name));
    if (misnamed !== undefined) throw refuse(`"${misnamed}" is no name of a header`);
  });
}

/** Starts a scenario, or goes on where `progress` says. */
export function createScenarioPlayer(
  scenario: Scenario,
  values: PlayerValues,
  progress?: ScenarioProgress,
): ScenarioPlayer {
  const counts = scenario.steps.map((_, index) => progress?.answered[index] ?? 0);
  let state = progress?.state ?? scenario.start;
  return {
    scenario,
    get progress() {
      return { state, answered: [...counts] };
    },
    play(request, operation) {
      const index = scenario.steps.findIndex(
        (step, at) =>
          (step.in ?? state) === state &&
          (counts[at] ?? 0) < (step.times ?? Infinity) &&
          fits(step.when, request, operation),
      );
      const step = scenario.steps[index];
      if (!step) return undefined;
      counts[index] = (counts[index] ?? 0) + 1;
      state = step.to ?? state;
      return { delayMs: step.answer.delayMs, response: answerOf(step, request, values) };
    },
  };
}

function answerOf({ when, answer }: ScenarioStep, request: RawRequest, values: PlayerValues): Response {
  const filled: TemplateValues = {
    ...values,
    roots: {
      request: requestValue(when, request),
      // Read only by templates that name it: it may be large.
      get state() {
        return values.state();
      },
    },
  };
  const headers = new Headers();
  for (const [name, text] of Object.entries(answer.headers))
    headers.set(name, fillText(text, filled).replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, ''));
  const isBodyless = [204, 205, 304].includes(answer.status) || request.method === 'HEAD';
  if (answer.json !== undefined) {
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    const body = JSON.stringify(fillValue(answer.json, filled));
    return new Response(isBodyless ? null : body, { status: answer.status, headers });
  }
  const text = answer.text === undefined ? undefined : fillText(answer.text, filled);
  if (text !== undefined && !headers.has('content-type'))
    headers.set('content-type', 'text/plain; charset=utf-8');
  return new Response(isBodyless ? null : text, { status: answer.status, headers });
}

/** The request as templates read it. Credentials are in it only as the caller sent them to this mirror. */
function requestValue(when: ScenarioMatch, request: RawRequest): JsonObject {
  const text = decodeText(request.body) ?? '';
  return {
    method: request.method,
    url: request.query === '' ? request.path : `${request.path}?${request.query}`,
    path: when.path === undefined ? {} : (pathValues(when.path, request.path) ?? {}),
    query: Object.fromEntries(queryPairs(request.query).map(({ name, value }) => [name, value])),
    headers: Object.fromEntries(request.headers),
    body: bodyValue(request, text),
  };
}

function bodyValue(request: RawRequest, text: string): Json {
  if (/x-www-form-urlencoded/i.test(request.headers.get('content-type') ?? ''))
    return Object.fromEntries(queryPairs(text).map(({ name, value }) => [name, value]));
  const parsed = parseJson(text);
  return parsed.kind === 'value' ? parsed.value : text;
}

function fits(when: ScenarioMatch, request: RawRequest, operation: string | undefined): boolean {
  if (when.operation !== undefined && when.operation !== operation) return false;
  if (when.method !== undefined && when.method !== request.method) return false;
  if (when.path !== undefined && !pathValues(when.path, request.path)) return false;
  const pairs = queryPairs(request.query);
  const queryFits = Object.entries(when.query ?? {}).every(([name, pattern]) =>
    pairs.some((pair) => pair.name === name && likes(pattern, pair.value)),
  );
  const headersFit = Object.entries(when.headers ?? {}).every(([name, pattern]) => {
    const value = request.headers.get(name);
    return value !== null && likes(pattern, value);
  });
  return queryFits && headersFit && (when.body === undefined || bodyFits(when.body, request));
}

function bodyFits(wanted: Json, request: RawRequest): boolean {
  return holds(bodyValue(request, decodeText(request.body) ?? ''), wanted);
}

/** Whether a value has everything that is wanted of it. */
function holds(value: Json | undefined, wanted: Json): boolean {
  if (isObject(wanted))
    return (
      isObject(value) && Object.entries(wanted).every(([name, member]) => holds(own(value, name), member))
    );
  if (isArray(wanted))
    return (
      isArray(value) &&
      value.length === wanted.length &&
      wanted.every((item, index) => holds(value[index], item))
    );
  return value !== undefined && canonicalJson(value) === canonicalJson(wanted);
}

/** Whether a text is like a pattern whose `*` stand for anything. Takes time in proportion to both, whatever they are. */
function likes(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Values of a template's names in a path; undefined when it does not fit. */
function pathValues(template: string, path: string): Record<string, string> | undefined {
  const [wanted, found] = [segments(template), segments(path)];
  if (wanted.length !== found.length) return undefined;
  const values: [string, string][] = [];
  for (const [index, part] of wanted.entries()) {
    const text = decodeLiteral(found[index] ?? '');
    const name = /^\{([^{}]+)\}$/.exec(part)?.[1];
    if (name !== undefined) values.push([name, text]);
    else if (!likes(part, text)) return undefined;
  }
  return Object.fromEntries(values);
}

const segments = (path: string): string[] => path.replaceAll(/^\/+|\/+$/g, '').split('/');
