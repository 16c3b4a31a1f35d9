#!/usr/bin/env node
// Passed as vscodeExecutablePath: an executable file that loads the TypeScript beside it.
import { createRequire } from 'node:module';
import 'tsx/cjs';

const { main } = createRequire(import.meta.url)('./code.ts');
process.exitCode = await main(process.argv.slice(2));
