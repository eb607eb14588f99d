import type { RequestSignature } from '@counterpart/schemas';

/** Whether the service is told which key a request is signed with. */
export function needsKeyId(signature: RequestSignature): boolean {
  if (signature.form === 'message-signatures') return true;
  const { content, places } = signature;
  return [content, ...places.map(({ value }) => value)].some((template) => template.includes('{key-id}'));
}
