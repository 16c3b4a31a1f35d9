import type { Glance, Link, ProgramSystem, SystemThread } from './system.ts';

/** Where the system cannot be asked: the inspector is all that there is. */
export class PortableSystem implements ProgramSystem {
  barrier(): string | null {
    return null;
  }
  argv(): string[] {
    return [];
  }
  cwd(): string {
    return '';
  }
  threads(): SystemThread[] {
    return [];
  }
  inspectorPort(): number | null {
    return 9229;
  }
  listeningPorts(): number[] {
    return [9229];
  }
  listener(): number | null {
    return null;
  }
  nativeCall(): string | null {
    return null;
  }
  blockedWrite(): number | null {
    return null;
  }
  glance(): Glance {
    return { idle: null, stands: null, traced: false };
  }
  links(): Promise<Link[]> {
    return Promise.resolve([]);
  }
}
