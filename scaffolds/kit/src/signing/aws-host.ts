import type { AwsScope } from './aws-v4.ts';

/** Services whose signatures carry another name than their hosts. */
const SIGNING_NAMES: ReadonlyMap<string, string> = new Map([
  ['email', 'ses'],
  ['email-smtp', 'ses'],
  ['api.ecr', 'ecr'],
  ['api.ecr-public', 'ecr-public'],
  ['api.pricing', 'pricing'],
  ['api.sagemaker', 'sagemaker'],
  ['runtime.sagemaker', 'sagemaker'],
  ['featurestore-runtime.sagemaker', 'sagemaker'],
  ['bedrock-runtime', 'bedrock'],
  ['bedrock-agent', 'bedrock'],
  ['bedrock-agent-runtime', 'bedrock'],
  ['data.iot', 'iotdata'],
  ['data-ats.iot', 'iotdata'],
  ['streams.dynamodb', 'dynamodb'],
  ['runtime.lex', 'lex'],
  ['models.lex', 'lex'],
  ['runtime-v2-lex', 'lex'],
  ['entitlement.marketplace', 'aws-marketplace'],
  ['metering.marketplace', 'aws-marketplace'],
  ['catalog.marketplace', 'aws-marketplace'],
  ['personalize-runtime', 'personalize'],
  ['personalize-events', 'personalize'],
  ['mobiletargeting', 'mobiletargeting'],
  ['pinpoint', 'mobiletargeting'],
  ['portal.sso', 'awsssoportal'],
]);

const REGION = /^[a-z]{2,3}(?:-[a-z]+)+-\d$/;
/** What has no region in its host is signed for this one. */
const GLOBAL_REGION = 'us-east-1';

/**
 * Service and region that a host of AWS stands for, by the forms of its endpoints: `dynamodb.eu-west-1.amazonaws.com`,
 * `bucket.s3.amazonaws.com`, `id.execute-api.eu-west-1.amazonaws.com`. Undefined for any other host.
 */
export function awsScopeOf(host: string): AwsScope | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  const lambda = /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(name)?.[1];
  if (lambda !== undefined) return { service: 'lambda', region: lambda };
  const inside = /^(.+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.exec(name)?.[1];
  if (inside === undefined) return undefined;
  const labels = inside.split('.').filter((label) => label !== 'dualstack');
  const at = labels.findLastIndex((label) => REGION.test(label));
  const region = labels[at] ?? GLOBAL_REGION;
  // `search-x.eu-west-1.es`: the region before the service; everywhere else it is the last.
  if (at >= 0 && at < labels.length - 1) return { service: labels.at(-1) ?? '', region };
  const words = (at < 0 ? labels : labels.slice(0, at)).map((label) => label.replace(/-fips$/, ''));
  const last = words.at(-1) ?? '';
  // `s3-eu-west-1`, the oldest form.
  const dashed = /^s3-(?:website-)?([a-z]{2}(?:-[a-z]+)+-\d)$/.exec(last)?.[1];
  if (dashed !== undefined) return { service: 's3', region: dashed };
  const known = SIGNING_NAMES.get(words.slice(-2).join('.')) ?? SIGNING_NAMES.get(last);
  return { service: known ?? last, region };
}
