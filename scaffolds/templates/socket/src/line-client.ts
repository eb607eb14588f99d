import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { ToolFailure } from '@counterpart/kit';

export interface Question {
  /** `host:port`. */
  readonly address: string;
  readonly line: string;
  /** Ends the connection; a time limit belongs here too. */
  readonly signal: AbortSignal;
}

/** Sends one line and resolves with the first that comes back. Rejects with ToolFailure when none does. */
export async function askLine({ address, line, signal }: Question): Promise<string> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname, port: Number(port), signal });
  // What goes wrong is told below, in the caller's words.
  const failed = new Promise<Error>((resolve) => void socket.once('error', resolve));
  try {
    socket.write(`${line}\n`);
    for await (const answer of createInterface({ input: socket, signal })) return answer;
    throw new ToolFailure(`${address} ended the connection without an answer.`);
  } catch (error) {
    if (error instanceof ToolFailure) throw error;
    throw new ToolFailure(`${address} gave no answer: ${(await failed).message}.`);
  } finally {
    socket.destroy();
  }
}
