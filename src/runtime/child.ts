import { runChild } from './services/process/bootstrap.ts';

// From sources, under a TypeScript loader. The build writes dist/runtime-child.cjs, which does the same with the bundle.
runChild();
