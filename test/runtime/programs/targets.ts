import { type AnyFunction, activeChildren, isMain, Process, type ProcessOptions, task } from 'forkscope';
import { elsewhere } from './target-module.ts';

let global = 10;

export function exported(): void {
  console.log('ran exported');
  console.log(`global in the child: ${global}`);
}
export const arrow = (): void => console.log('ran arrow');
export const box = {
  method(): void {
    console.log('ran method');
  },
};
export function byName(): void {
  console.log('ran by name');
}
function hidden(): void {
  console.log('ran hidden');
}
const wrapped = task(import.meta, 'wrapped', () => console.log('ran task'));

async function attempt(what: string, options: ProcessOptions<AnyFunction>): Promise<void> {
  const child = new Process(options);
  try {
    await child.start();
    await child.join();
    if (child.exitCode !== 0) console.log(`${what}: exit ${child.exitCode}`);
  } catch (error) {
    console.log(`${what}: ${String(error)}`);
  }
}

async function main(): Promise<void> {
  global = 100_000;
  function inner(): void {
    console.log('ran inner');
  }
  await attempt('exported', { target: exported });
  await attempt('arrow', { target: arrow });
  await attempt('method', { target: box.method });
  await attempt('by name', { target: [import.meta.url, 'byName'] });
  await attempt('other', { target: elsewhere });
  await attempt('task', { target: wrapped });
  await attempt('closure', { target: inner });
  await attempt('not exported', { target: hidden });
  await attempt('native', { target: Math.max });
  await attempt('bound', { target: exported.bind(null) });
  await attempt('argument', { target: exported, args: [() => 1] });
  await attempt('no such export', { target: [import.meta.url, 'nothing'] });
  console.log(`children left: ${activeChildren().length}`);
}

if (isMain(import.meta)) void main();
