import { headerOf, type Exchange } from './exchange.ts';

/** Why an exchange is no use of an interface. */
export type Noise = 'preflight' | 'asset' | 'page' | 'analytics';

const ASSET_TYPES = new Set([
  'image',
  'font',
  'stylesheet',
  'script',
  'media',
  'manifest',
  'texttrack',
  'imageset',
  'css',
  'js',
]);
const DATA_TYPES = new Set(['xhr', 'fetch', 'eventsource']);
const ASSET_PATH =
  /\.(?:css|js|mjs|cjs|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|ogg|wav|m3u8|ts|wasm|webmanifest|swf|vue|tsx|jsx|scss|less)$/i;
const WELL_KNOWN =
  /^\/(?:favicon\.ico|robots\.txt|manifest\.json|site\.webmanifest|sw\.js|service-worker\.js|apple-touch-icon.*|browserconfig\.xml|sitemap.*\.xml)$/i;
const ASSET_CONTENT =
  /^(?:image\/|font\/|audio\/|video\/|text\/css|(?:text|application)\/(?:x-)?(?:javascript|ecmascript)|application\/(?:font|x-font|vnd\.ms-fontobject|wasm|manifest\+json))/;
/** Hosts that measure people, by their own names. */
const ANALYTICS_HOST =
  /(?:^|\.)(?:google-analytics|googletagmanager|googletagservices|googleadservices|googlesyndication|doubleclick|analytics\.google|segment|segmentapis|mixpanel|amplitude|hotjar|sentry|ingest\.sentry|bugsnag|rollbar|datadoghq(?:-browser-agent)?|nr-data|newrelic|fullstory|clarity|posthog|heapanalytics|heap-api|optimizely|statsig|featureassets|plausible|matomo|piwik|snowplowanalytics|rudderstack|rudderlabs|branch|appsflyer|adjust|logrocket|lr-ingest|mouseflow|crazyegg|quantserve|scorecardresearch|criteo|taboola|outbrain|adnxs|adsrvr|demdex|omtrdc|everesttech|bat\.bing|cloudflareinsights|intercom|drift|hs-analytics|hs-scripts|hubspot|pendo|walkme|kissmetrics|chartbeat|parsely|nielsen|comscore|moatads|onetrust|cookielaw|cookiebot|usercentrics|honeybadger|speedcurve|pingdom|stats\.wp|quantcount|yandex|mc\.yandex|tiktok|snapchat|ads-twitter|licdn|pinimg)\.(?:com|net|io|org|ms|ru|dev|eu|so|co|app|li)$/;
const ANALYTICS_PATH =
  /^\/(?:g|j|r|mp)\/collect$|^\/(?:collect|__utm\.gif|pixel\.gif|beacon(?:\.gif)?|ping\.gif|1x1\.gif|tr\/?)$|^\/cdn-cgi\/|^\/_vercel\/(?:insights|speed-insights)\/|^\/(?:_\/)?(?:rum|csp-report|csp_report)(?:\/|$)|^\/api\/\d+\/(?:envelope|store)\/$/;

/** What an exchange is when it is no use of an interface; undefined for what may be one. */
export function noiseOf(exchange: Exchange): Noise | undefined {
  const isPreflight =
    exchange.method === 'OPTIONS' &&
    headerOf(exchange.headers, 'access-control-request-method') !== undefined;
  if (isPreflight) return 'preflight';
  if (isAnalytics(exchange)) return 'analytics';
  if (isAsset(exchange)) return 'asset';
  return isPage(exchange) ? 'page' : undefined;
}

function isAnalytics({ host, path, resourceType }: Exchange): boolean {
  const name = host.replace(/:\d+$/, '');
  return (
    resourceType === 'ping' ||
    resourceType === 'beacon' ||
    resourceType === 'csp-violation-report' ||
    ANALYTICS_HOST.test(name) ||
    ANALYTICS_PATH.test(path)
  );
}

const destinationOf = (exchange: Exchange): string =>
  exchange.resourceType ?? headerOf(exchange.headers, 'sec-fetch-dest') ?? '';

function isAsset(exchange: Exchange): boolean {
  const { method, path, answer } = exchange;
  const destination = destinationOf(exchange);
  if (DATA_TYPES.has(destination)) return false;
  if (WELL_KNOWN.test(path) || ['style', ...ASSET_TYPES].includes(destination)) return true;
  if (ASSET_PATH.test(path) && answer?.kind !== 'json') return true;
  if (method !== 'GET' && method !== 'HEAD') return false;
  // A service may answer a picture; what a page shows is asked for with an `Accept` of pictures.
  const accept = headerOf(exchange.headers, 'accept') ?? '';
  return (
    ASSET_CONTENT.test(answer?.mediaType ?? '') &&
    /^(?:image\/(?:avif|webp|apng|svg|\*)|text\/css)/.test(accept)
  );
}

const isHtml = (mediaType: string | undefined): boolean =>
  mediaType === 'text/html' || mediaType === 'application/xhtml+xml';

function isPage(exchange: Exchange): boolean {
  const { method, answer, status } = exchange;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const destination = destinationOf(exchange);
  if (DATA_TYPES.has(destination)) return false;
  if (isHtml(answer?.mediaType) && status < 400) return true;
  const isNavigation =
    destination === 'document' ||
    destination === 'iframe' ||
    headerOf(exchange.headers, 'sec-fetch-mode') === 'navigate';
  const isData = answer?.kind === 'json' || /\b(?:xml|csv|json|yaml)\b/.test(answer?.mediaType ?? '');
  return isNavigation && !isData;
}
