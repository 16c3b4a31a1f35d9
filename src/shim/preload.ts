/**
 * Loaded by `--require` in every process of a traced run, before the program. Without a session in the environment it does
 * nothing. Whatever goes wrong here is told in the trace, never to the program.
 */
import { start } from './start.ts';

try {
  start(__filename);
} catch {
  // Not even the trace can be opened: the program runs untraced.
}
