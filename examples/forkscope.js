export * from '../dist/runtime.mjs';
