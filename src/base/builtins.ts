/**
 * Modules of Node that many processes never need, loaded when they are first used: together they are some 5 ms of the
 * start of every process that imports the runtime.
 */
import { createRequire } from 'node:module';

function load(name: string): unknown {
  return createRequire(process.execPath)(name);
}

let cryptoModule: typeof import('node:crypto') | undefined;
export function crypto(): typeof import('node:crypto') {
  cryptoModule ??= load('node:crypto') as typeof import('node:crypto');
  return cryptoModule;
}

let v8Module: typeof import('node:v8') | undefined;
export function v8(): typeof import('node:v8') {
  v8Module ??= load('node:v8') as typeof import('node:v8');
  return v8Module;
}

let childProcessModule: typeof import('node:child_process') | undefined;
export function childProcess(): typeof import('node:child_process') {
  childProcessModule ??= load('node:child_process') as typeof import('node:child_process');
  return childProcessModule;
}
