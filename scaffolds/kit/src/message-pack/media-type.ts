/** True for the media types that MessagePack goes by: registered, older and vendors' ones, whatever their parameters. */
export const isMessagePackType = (mediaType: string): boolean =>
  /^application\/(?:[\w.-]+[.+])?(?:x-)?(?:msgpack|messagepack)\s*(?:;|$)/i.test(mediaType.trim());
