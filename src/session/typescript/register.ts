/**
 * Preload (`--import`) of programs whose TypeScript neither their Node nor a loader of their workspace runs:
 * compiles TypeScript, and finds the bundled runtime.
 */
import { installHooks } from './install-hooks.ts';

installHooks({ files: __dirname, typescript: true });
