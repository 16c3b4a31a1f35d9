const MAX_ARGUMENT = 2000;
const MAX_ARGUMENTS = 200;
/** A command line as a trace keeps it, with long arguments cut: `-e` and `-c` are given whole programs. */
export function shorten(argv: readonly string[]): string[] {
  const kept = argv
    .slice(0, MAX_ARGUMENTS)
    .map((a) => (a.length > MAX_ARGUMENT ? `${a.slice(0, MAX_ARGUMENT)}…` : a));
  return argv.length > MAX_ARGUMENTS ? [...kept, '…'] : kept;
}
