import { AsyncLocalStorage } from 'node:async_hooks';
import { mainPath } from './main.ts';

/** Set in everything that the import of the main module in a child leads to, later callbacks included. */
const importing = new AsyncLocalStorage<true>();

/** Runs the child's import of a module; whatever starts processes from there has no guard. */
export function whileImporting<T>(body: () => T): T {
  return importing.run(true, body);
}

/** Whether the running code comes from the import of the main module in a child. */
export function isBootstrapping(): boolean {
  return importing.getStore() === true;
}

export function bootstrapMessage(): string {
  return (
    `a process was started while a child process imports the main module (${mainPath() ?? 'unknown'}). Every child ` +
    `imports it again, so what only the first process shall do must be guarded:\n\n` +
    `    import { isMain } from 'forkscope';\n` +
    `    if (isMain(import.meta)) await main();\n`
  );
}

let refused: Error | undefined;

/** A process was to be started while the main module was imported: this child ends before its target runs. */
export function refuseStart(error: Error): Error {
  refused ??= error;
  return error;
}

/** @throws the error of a start that was refused */
export function checkGuarded(): void {
  if (refused !== undefined) throw refused;
}
