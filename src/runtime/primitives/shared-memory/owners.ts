/**
 * Whom a named segment belongs to, written beside it, so that what a killed program left behind is found at the next start:
 * an empty file `forkscope-owner.<pid>.<start>.<maker>.<manager>.<name>` for each segment. The owner is the first process of
 * the program (pid and start time), as Python's resource tracker serves a whole tree of processes.
 */
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HEADER } from '../../../shm/layout.ts';
import { processState } from '../../../shm/liveness.ts';
import { memory } from '../../core/handles/instance.ts';

/** Names another folder for segments: where `/dev/shm` is too small (containers), or to keep programs apart. */
const ENV_FOLDER = 'FORKSCOPE_SHM_DIR';

/** Where segments lie: on Linux where POSIX shared memory does, so that other programs find them by name. */
export function segmentFolder(): string {
  const chosen = process.env[ENV_FOLDER];
  if (chosen !== undefined && chosen !== '') return chosen;
  return process.platform === 'linux' && fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
}

export function segmentPath(name: string): string {
  return path.join(segmentFolder(), name);
}

interface Record {
  readonly file: string;
  readonly pid: number;
  readonly start: number;
  readonly manager: string;
  readonly name: string;
}

const FORM = /^forkscope-owner\.(\d+)\.(\d+)\.\d+\.([0-9a-f]*)\.(.+)$/;

function records(): Record[] {
  const found: Record[] = [];
  for (const file of filesIn(segmentFolder())) {
    const match = FORM.exec(file);
    if (match === null) continue;
    const [, pid, start, manager = '', name = ''] = match;
    found.push({ file: segmentPath(file), pid: Number(pid), start: Number(start), manager, name });
  }
  return found;
}

function filesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    // Without its folder there is nothing left either; at the end of a program this must not throw.
    return [];
  }
}

/** The first process of this program. */
function owner(): { readonly pid: number; readonly start: number } {
  const { words } = memory();
  const start = ((words[HEADER.rootStartLow] ?? 0) >>> 0) + (words[HEADER.rootStartHigh] ?? 0) * 2 ** 32;
  return { pid: words[HEADER.rootPid] ?? 0, start };
}

/** Notes that this program is about to make the segment; the returned function takes it back. */
export function claim(name: string, manager: string): () => void {
  const { pid, start } = owner();
  const file = segmentPath(`forkscope-owner.${pid}.${start}.${process.pid}.${manager}.${name}`);
  const existed = fs.existsSync(file);
  fs.closeSync(fs.openSync(file, 'a', 0o600));
  return () => {
    if (!existed) fs.rmSync(file, { force: true });
  };
}

/** The segment is gone. */
export function disclaim(name: string): void {
  for (const record of records()) if (record.name === name) fs.rmSync(record.file, { force: true });
}

/** Names of the segments that a manager made, in whichever process. */
export function segmentsOf(manager: string): string[] {
  return records()
    .filter((record) => record.manager === manager)
    .map((record) => record.name);
}

function remove(leaked: readonly Record[]): string[] {
  for (const { file, name } of leaked) {
    fs.rmSync(segmentPath(name), { force: true });
    fs.rmSync(file, { force: true });
  }
  return leaked.map(({ name }) => name);
}

function warning(names: readonly string[], when: string): string {
  return `${names.length} leaked shared_memory segment${names.length === 1 ? '' : 's'} removed ${when}: ${names.join(', ')}`;
}

/** Removes what programs that were killed have left, and says so. */
export function sweepLeaked(): void {
  const dead = records().filter(({ pid, start }) => {
    const state = processState(pid);
    return !state.alive || (start !== 0 && state.start !== 0 && state.start !== start);
  });
  if (dead.length === 0) return;
  process.emitWarning(warning(remove(dead), 'after the end of its program'), 'ResourceWarning');
}

/** At the end of the program: what nobody unlinked goes, and stderr says so. */
export function removeOwn(): void {
  const { pid, start } = owner();
  if (pid !== process.pid) return;
  const own = records().filter((record) => record.pid === pid && record.start === start);
  if (own.length === 0) return;
  const text = `(node:${pid}) ResourceWarning: ${warning(remove(own), 'at the end of the program')}\n`;
  try {
    // An emitted warning would come too late: this is the process's last turn.
    fs.writeSync(2, text);
  } catch {
    // A closed stderr is no reason to fail.
  }
}
