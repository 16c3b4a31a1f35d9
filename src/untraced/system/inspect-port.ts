const DEFAULT_PORT = 9229;

/** Words of a `NODE_OPTIONS`. */
export function splitOptions(options: string): string[] {
  return [...options.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}

/**
 * On which port a Node with these options opens its inspector when it is asked by a signal. Port 0 (any) is told as the
 * default: nothing else is known before it is open.
 * @returns `null`: it was told not to listen to the signal
 */
export function inspectPort(options: readonly string[]): number | null {
  let port = DEFAULT_PORT;
  for (const [index, option] of options.entries()) {
    if (option === '--disable-sigusr1') return null;
    const [, , inline] = /^--inspect(-brk|-wait|-port)?(?:=(.*))?$/.exec(option) ?? [];
    const value = inline ?? (option === '--inspect-port' ? options[index + 1] : undefined);
    const given = /(?:^|:)(\d+)$/.exec(value ?? '')?.[1];
    if (given !== undefined && given !== '0') port = Number(given);
  }
  return port;
}
