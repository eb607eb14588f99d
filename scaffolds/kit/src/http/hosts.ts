export { addressOf, hostAllowed, type Address } from './address.ts';
export { hasDotSegment } from './compose.ts';
export { encodeStrict } from './percent.ts';
