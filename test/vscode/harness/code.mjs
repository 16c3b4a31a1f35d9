#!/usr/bin/env node
// Passed as vscodeExecutablePath: an executable file that loads the TypeScript beside it.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./code.ts');
process.exitCode = await main(process.argv.slice(2));
