import { LinuxProcessTable } from './linux.ts';
import { PortableProcessTable } from './portable.ts';
import type { OsProcessTable } from './process-table.ts';

export { giveWay } from './give-way.ts';
export { type KillStep, killTree } from './kill.ts';
export { isAlive } from './liveness.ts';
export type { OsProcess, OsProcessTable } from './process-table.ts';

/** The best way to ask this system about processes. */
export function processTable(): OsProcessTable {
  return LinuxProcessTable.isUsable() ? new LinuxProcessTable() : new PortableProcessTable();
}
