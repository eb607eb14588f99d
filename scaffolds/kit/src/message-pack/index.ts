export { fromMessagePack, MessagePackProblem } from './decode.ts';
export { toMessagePack } from './encode.ts';
export { isMessagePackType } from './media-type.ts';
