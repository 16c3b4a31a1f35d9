// Entry of the worker threads of threads.ts: tsx does not load TypeScript entries of threads on Node 20.
require('tsx/cjs');
require('./threads.ts');
