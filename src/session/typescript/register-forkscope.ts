/** Preload of programs in whose place `import 'forkscope'` finds nothing: it then finds the bundled runtime. */
import { installHooks } from './install-hooks.ts';

installHooks({ files: __dirname, typescript: false });
