import { scriptOf } from '../../base/node-argv.ts';
import { baseName } from '../../model/words/index.ts';

/** The script that a process runs, or its command, without folders. */
export function shortName({ argv, pid }: { readonly argv: readonly string[]; readonly pid: number }): string {
  return `${baseName(scriptOf(argv) ?? argv[0] ?? '')} (${pid})`;
}

/** Is this the name or path of Node's executable? */
export function isNodeCommand(command: string): boolean {
  return /(^|[/\\])node(\.exe)?$/.test(command);
}
