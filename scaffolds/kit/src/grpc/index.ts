/** What readers and mirrors share with the kit about gRPC; the kit itself imports the files below it when it needs them. */
export { callGrpc, type GrpcAnswer } from './call.ts';
export { decodeMessage } from './decode.ts';
export { DETAILS } from './details.ts';
export { encodeMessage } from './encode.ts';
export { ENCODINGS, FrameReader, inflateOf, toFrame } from './frames.ts';
export { statusName, statusOf, type StatusName } from './status.ts';
export { WELL_KNOWN } from './well-known.ts';
export { ProtoProblem } from './wire-format.ts';
