const LONGEST_TEMPLATE = 1_024;
const EXPRESSION = /\{([+#./;?&]?)[^{}]*\}/g;

/** What an expression of RFC 6570 may expand to: nothing, or `lead` and then characters but those of `stops`. */
interface Run {
  readonly lead: string;
  readonly stops: string;
}

const RUNS: Readonly<Record<string, Run>> = {
  '': { lead: '', stops: '/?#' },
  '+': { lead: '', stops: '' },
  '#': { lead: '', stops: '' },
  '.': { lead: '.', stops: '/?#' },
  '/': { lead: '/', stops: '?#' },
  ';': { lead: ';', stops: '?#' },
  '?': { lead: '?', stops: '#' },
  '&': { lead: '&', stops: '#' },
};

/** The URIs that a template can expand to. */
export interface UriPattern {
  test(uri: string): boolean;
}

/**
 * A pattern for the URIs that a template can expand to; undefined for a template too long to be trusted. A server writes its
 * templates and clients write URIs: a regular expression would try each way to divide the one among the other, which may
 * take longer than anybody waits. This takes the product of both lengths at most.
 */
export function templatePattern(template: string): UriPattern | undefined {
  if (template.length > LONGEST_TEMPLATE) return undefined;
  const steps: (string | Run)[] = [];
  let at = 0;
  for (const match of template.matchAll(EXPRESSION)) {
    steps.push(template.slice(at, match.index), RUNS[match[1] ?? ''] ?? { lead: '', stops: '' });
    at = match.index + match[0].length;
  }
  const end = template.slice(at);
  const [start] = steps;
  const isNear = (uri: string): boolean =>
    uri.endsWith(end) && (typeof start !== 'string' || uri.startsWith(start));
  return { test: (uri) => isNear(uri) && matches([...steps, end], uri) };
}

/** Follows all ways at once: which places of the URI a step may have ended at. */
function matches(steps: readonly (string | Run)[], uri: string): boolean {
  let places = new Uint8Array(uri.length + 1);
  places[0] = 1;
  for (const step of steps) {
    if (!places.includes(1)) return false;
    if (step !== '')
      places = typeof step === 'string' ? afterText(step, places, uri) : afterRun(step, places, uri);
  }
  return places[uri.length] === 1;
}

function afterText(text: string, places: Uint8Array, uri: string): Uint8Array<ArrayBuffer> {
  const after = new Uint8Array(places.length);
  for (let place = places.indexOf(1); place >= 0; place = places.indexOf(1, place + 1))
    if (uri.startsWith(text, place)) after[place + text.length] = 1;
  return after;
}

function afterRun({ lead, stops }: Run, places: Uint8Array, uri: string): Uint8Array<ArrayBuffer> {
  const after = Uint8Array.from(places);
  let isRunning = false;
  for (let place = 0; place <= uri.length; place += 1) {
    const before = uri.charAt(place - 1);
    const begins = lead === '' ? places[place] === 1 : before === lead && places[place - 1] === 1;
    isRunning = begins || (isRunning && !stops.includes(before));
    if (isRunning) after[place] = 1;
  }
  return after;
}
