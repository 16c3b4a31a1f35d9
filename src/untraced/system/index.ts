import { existsSync } from 'node:fs';
import { LinuxSystem } from './linux.ts';
import { PortableSystem } from './portable.ts';
import type { ProgramSystem } from './system.ts';

export type { Glance, Link, ProgramSystem, SystemThread } from './system.ts';

/** The best way to ask this system about running programs. */
export function programSystem(): ProgramSystem {
  return process.platform === 'linux' && existsSync('/proc/self/stat')
    ? new LinuxSystem()
    : new PortableSystem();
}
