/** Kinds of refusals by what was said; the first that fits. */
const REASONS: readonly (readonly [said: RegExp, reason: string])[] = [
  [/a path parameter is not filled/, 'a path parameter is sent as its placeholder'],
  [/^no operation takes/, 'the request belongs to no operation'],
  [/^no valid arguments/, 'no arguments fit the listed schema'],
  [/^no request: .*(?:timed out|timeout)/i, 'the tool does nothing for a minute'],
  [/^no request/, 'the tool refuses arguments that fit its listed schema, or fails'],
  [/ 401: /, 'credentials are missing'],
  [/ 404: /, 'the path is another'],
  [/ 406: /, 'the media type that is asked for is not offered'],
  [/ 415: |"code":415/, 'the media type of the body is another'],
  [/Request body is required|body.*is required|"location":\["request"\].*required/i, 'the body is missing'],
  [/"location":\["request","body"/, 'the body is not as described'],
  [/"location":\["(?:request",")?query"/, 'the query is not as described'],
  [/"location":\["(?:request",")?headers?"/, 'a header is not as described'],
  [/"location":\["(?:request",")?path"/, 'a path parameter is not as described'],
];

/** The kind of a refusal, to count them by. */
export const reasonOf = (why: string): string =>
  REASONS.find(([said]) => said.test(why))?.[1] ?? 'something else';
