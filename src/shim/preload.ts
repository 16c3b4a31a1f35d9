/**
 * Loaded by `--require` in every process of a traced run, before the program. Without a session in the environment it does
 * nothing. Whatever goes wrong here is told in the trace, never to the program.
 *
 * Small, because it is compiled anew in each process: the shim itself is beside it, with its compiled code.
 */
import worker from 'node:worker_threads';
import { ENV_SESSION } from '../base/environment.ts';
import { loadCore } from './load-core.ts';

try {
  // A program that looks through what is loaded finds what it has loaded itself.
  Reflect.deleteProperty(require.cache, __filename);
  // A worker may have its session from the thread that started it.
  if (process.env[ENV_SESSION] || !worker.isMainThread) {
    const { start, file } = loadCore(__dirname, true);
    // `node:module` has it too, and would cost a tenth of a millisecond.
    start({ file, syncBuiltinESMExports: Reflect.get(module.constructor, 'syncBuiltinESMExports') });
  }
} catch {
  // Not even the trace can be opened: the program runs untraced.
}
