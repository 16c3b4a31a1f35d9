/** The process that VS Code's JavaScript debugger starts beside each process that it debugs: it is no part of the program. */
const WATCHDOG = /[\\/][^\\/]*js-debug[^\\/]*[\\/](?:[^\\/]+[\\/])*watchdog\.js$/;

/** Is this the command line of a debugger's own helper? */
export function isDebuggersHelper(argv: readonly string[]): boolean {
  return argv.length > 0 && argv.length <= 3 && argv.some((word) => WATCHDOG.test(word));
}
