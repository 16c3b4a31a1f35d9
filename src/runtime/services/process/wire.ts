/** What a parent tells the child that it starts, over descriptor 3: a header as JSON, then the encoded arguments. */
import type { SessionAddress } from '../../../shm/session.ts';
import type { Reference } from '../../core/functions/function-reference.ts';
import type { MainScript } from '../../core/functions/main.ts';
import type { LogSettings } from './logging.ts';

export const CONTROL_FD = 3;
export const MEMORY_FD = 4;

export interface StartHeader {
  readonly session: SessionAddress | undefined;
  /** The user's main script; undefined in a REPL or `-e`. */
  readonly main: MainScript | undefined;
  readonly argv: readonly string[];
  readonly name: string;
  readonly daemon: boolean;
  readonly parent: { readonly pid: number; readonly name: string };
  /** Hexadecimal. */
  readonly authkey: string;
  readonly log: LogSettings | undefined;
  /** The parent waits for the child's word, and will tell the user what went wrong. */
  readonly confirm: boolean;
  /** A function to call, or a subclass of Process whose `run` is called. */
  readonly target: Reference | undefined;
  readonly subclass: Reference | undefined;
}

/** The encoded second part. */
export interface StartPayload {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>> | undefined;
  /** Own fields of a subclass's instance. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Lines from the child: it runs, its arguments are open, its target is found, or why not. */
export const REPLY = { begun: 'begun', opened: 'opened', found: 'found', failed: 'failed ' } as const;

export function frameStart(header: StartHeader, payload: Uint8Array): Buffer {
  const head = Buffer.from(JSON.stringify(header), 'utf8');
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(head.length, 0);
  lengths.writeUInt32LE(payload.length, 4);
  return Buffer.concat([lengths, head, payload]);
}
