import type { SessionEnvironment } from './environment.ts';

/** A value inside NODE_OPTIONS: Node knows only double quotes, with backslash escapes inside. */
function quoteNodeOption(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** What loads the shim. */
export function requireOption({ shim }: Pick<SessionEnvironment, 'shim'>): string {
  return `--require ${quoteNodeOption(shim)}`;
}

const PERMISSION = /(^|\s)--(experimental-)?permission(\s|$)/;

/**
 * What a program needs in NODE_OPTIONS that runs with `--permission`, '' where it does not: leave to read the shim, without
 * which Node ends before the program begins, and to write the trace. Other programs must not get it: Node refuses
 * `--allow-…` without `--permission`.
 * @param options its NODE_OPTIONS
 * @param args its command line; a shell's commands are looked into
 */
export function permissionOptions(
  { dir, shim }: Pick<SessionEnvironment, 'dir' | 'shim'>,
  options: string,
  args: readonly string[],
): string {
  if (!PERMISSION.test(options) && !args.some((a) => PERMISSION.test(a))) return '';
  // The preload, the shim itself and its compiled code are in one folder.
  const folder = shim.replace(/[\\/][^\\/]*$/, '');
  const readable = [folder, dir].map((path) => `--allow-fs-read=${quoteNodeOption(path)}`);
  return [...readable, `--allow-fs-write=${quoteNodeOption(dir)}`].join(' ');
}
