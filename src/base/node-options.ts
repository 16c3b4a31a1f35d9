import type { SessionEnvironment } from './environment.ts';

/** A value inside NODE_OPTIONS: Node knows only double quotes, with backslash escapes inside. */
function quoteNodeOption(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** What loads the shim. */
function requireOption({ shim }: Pick<SessionEnvironment, 'shim'>): string {
  return `--require ${quoteNodeOption(shim)}`;
}

/**
 * What loads the shim where its file may not be there, with no harm if it is not: Node ends at once when it cannot read what
 * `--require` names. It is not used everywhere, since with `--import` Node starts the main module a little later.
 */
function importOption({ shim }: Pick<SessionEnvironment, 'shim'>): string {
  const code = `import{createRequire as r}from"node:module";try{r(process.execPath)(${JSON.stringify(shim)})}catch{}`;
  return `--import ${quoteNodeOption(`data:text/javascript,${encodeURIComponent(code)}`)}`;
}

/** Commands that start programs in a file system in which other files may be. */
const OTHER_FILES =
  /(^|[\s/;&|(`'"])(chroot|bwrap|nsenter|firejail|proot|schroot|systemd-nspawn|systemd-run|flatpak-spawn|unshare\s([^;&|]*\s)?(-\w*[mRw]\w*|--mount|--root)\S*)(\s|$)/;
/** Characters of a command line that are looked at: programs come as arguments too. */
const LOOKED_AT = 4000;

/** What loads the shim in a program with this command line, and in what it starts. A shell's commands are looked into. */
export function preloadOption(session: Pick<SessionEnvironment, 'shim'>, args: readonly string[]): string {
  const seesOtherFiles = OTHER_FILES.test(args.join(' ').slice(0, LOOKED_AT));
  return seesOtherFiles ? importOption(session) : requireOption(session);
}

/** What js-debug puts into NODE_OPTIONS: it starts helpers, and waits for the debugger. */
const DEBUGGER = /--require(?:\s+|=)(?:"[^"]*[\\/]bootloader\.c?js"|\S*[\\/]bootloader\.c?js)(?=\s|$)/g;

/**
 * NODE_OPTIONS with our preload in front of what is there: preloads of the program's may patch the same functions, and expect to
 * be last. Behind a debugger's alone: what that does at the start is none of the program's business.
 * @param preload see {@link preloadOption}
 */
export function withPreload(preload: string, options: string): string {
  const debuggers = options.match(DEBUGGER) ?? [];
  const rest = options.replace(DEBUGGER, '').trim();
  return [...debuggers, preload, rest].filter((part) => part !== '').join(' ');
}

/** NODE_OPTIONS without what loads the shim. */
export function withoutPreload(session: Pick<SessionEnvironment, 'shim'>, options: string): string {
  return options.replaceAll(requireOption(session), '').replaceAll(importOption(session), '').trim();
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
