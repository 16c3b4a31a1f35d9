import path from 'node:path';
import type { CommandRecord } from '../sessions/record.ts';

/** What a command's session is called: as one would type it. */
export function commandName({ command }: Pick<CommandRecord, 'command'>, args: readonly string[]): string {
  return [path.basename(command), ...args].join(' ');
}

/** Variables with which the package managers beside a Node, and that Node, are found. */
export function environmentOf(runtime: string, env: NodeJS.ProcessEnv = process.env): { PATH: string } {
  // An editor that was started from the desktop may not have the PATH of the shell in which Node was found.
  return { PATH: [path.dirname(runtime), env.PATH ?? ''].filter(Boolean).join(path.delimiter) };
}
