import fs from 'node:fs';

/** What of Node's `net.Socket` and its handle is looked at, and which of its methods are called by way of the shim. */
export interface PipeSocket {
  readonly destroyed: boolean;
  readonly readableLength: number;
  readonly readableHighWaterMark: number;
  readonly readableFlowing: boolean | null;
  readonly writableLength: number;
  /** Bytes that the program has written, whatever has become of them. */
  readonly bytesWritten?: number;
  readonly _handle: PipeHandle | null;
  push(chunk: unknown, encoding?: unknown): boolean;
  _write(chunk: unknown, encoding: unknown, done: unknown): void;
  _writev?(chunks: unknown, done: unknown): void;
  _destroy(error: unknown, done: unknown): void;
}
interface PipeHandle {
  readonly reading?: boolean;
  /** Bytes handed to the system so far, those included that it has not taken yet. */
  readonly bytesWritten: number;
  /** Bytes that it has not taken yet. */
  readonly writeQueueSize: number;
}

export function isPipeSocket(value: unknown): value is PipeSocket {
  return typeof value === 'object' && value !== null && '_handle' in value && 'readableFlowing' in value;
}

const { fstatSync } = fs;
/**
 * May the descriptor be a pipe that a Node parent made for this process? Node makes socket pairs (named pipes on Windows),
 * where shells make pipes: what a shell has put between two commands is nobody's stdio channel.
 */
export function mayBeParents(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return process.platform === 'win32' ? stats.isFIFO() : stats.isSocket();
  } catch {
    return false;
  }
}
