import { ENV_NAME, ENV_SPAWN } from '../../base/environment.ts';
import type { Recorder } from '../core/recorder.ts';
import { shorten } from './command-line.ts';

/** Longest name or title that is recorded, characters. */
const LONGEST = 200;

/** What the program has called this process, and the title that was told last. */
let called = process.env[ENV_NAME] ?? '';
let told = '';

/** Says what this process is. */
export function describeProcess(recorder: Recorder): void {
  const { argv, execArgv, execPath, title, version } = process;
  let cwd = '';
  try {
    cwd = process.cwd();
  } catch {
    // The directory was removed under the process.
  }
  const name = called.slice(0, LONGEST);
  told = title;
  recorder.define({
    type: 'process',
    spawnKey: process.env[ENV_SPAWN] ?? '',
    argv: shorten(argv),
    execArgv: shorten(execArgv),
    execPath,
    cwd,
    title: title.slice(0, LONGEST),
    ...(name !== '' && { name }),
    nodeVersion: version,
  });
}

/** The program calls this process so from now on. */
export function renameProcess(recorder: Recorder, name: string): void {
  called = name;
  describeProcess(recorder);
}

/** Tells the title when the program has changed it: nothing calls back when it does. */
export function tellTitle(recorder: Recorder): void {
  if (process.title !== told) describeProcess(recorder);
}
