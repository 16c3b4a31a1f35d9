import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Whose code a frame is: the program's own, of an installed package (then `package` is its name), or left out of what is
 * shown: Node's, the tracer's, the runtime's, WebAssembly.
 */
export type Owner = 'own' | 'package' | 'left out';

/** A place in a file as V8 tells it. */
export interface Position {
  /** Unique among the positions of a thread. */
  readonly id: number;
  readonly file: FrameFile;
  readonly line: number;
  readonly column: number;
  readonly fn: string;
  /** It is one of the source already, as Node or a loader has written it into the text of a stack. */
  readonly isMapped: boolean;
}

/** What is known of a file that has occurred in a stack. */
export interface FrameFile {
  /** As V8 names it: a path, a URL, a name of Node's. */
  readonly name: string;
  owner: Owner;
  /** Name of the installed package, or ''. */
  readonly package: string;
  readonly positions: Map<number, Position>;
}

/** Bundles that lie beside the shim's own and may be on a program's stack. */
const BESIDE_SHIM = ['shim.cjs', 'typescript-register.cjs', 'forkscope-register.cjs', 'loader-hooks.mjs'];
/** Bundles that lie beside the runtime's own. */
const BESIDE_RUNTIME = ['runtime-child.cjs', 'runtime.mjs'];
/** The folder of the runtime's sources, where it runs from them. */
const RUNTIME_SOURCES = /^.*\/src\/runtime\/(?=(?:.*\/)?publish\.ts$)/;
const MODULES = /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/](?!.*[\\/]node_modules[\\/])/;

/** The files of one thread's stacks. */
export class FrameFiles {
  readonly #files = new Map<string, FrameFile>();
  /** Folders all of whose files are left out: the runtime's sources, in its own tests. */
  #sources: string | undefined;

  /** `shim`: path of the bundle that this is. */
  constructor(shim: string) {
    this.leaveOut(shim);
    for (const name of BESIDE_SHIM) this.leaveOut(folderOf(shim) + name);
  }

  get(name: string): FrameFile {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = this.#make(name, undefined);
      this.#files.set(name, file);
    }
    return file;
  }

  leaveOut(name: string): void {
    const known = this.#files.get(name);
    if (known) known.owner = 'left out';
    else this.#files.set(name, this.#make(name, 'left out'));
  }

  /** `file` is the runtime's own code, which publishes. */
  learnRuntime(file: string): void {
    this.leaveOut(file);
    const folder = folderOf(file);
    for (const name of BESIDE_RUNTIME) this.leaveOut(folder + name);
    const sources = RUNTIME_SOURCES.exec(file)?.[0];
    if (sources === undefined) return;
    this.#sources = sources;
    for (const { name } of this.#files.values()) if (name.startsWith(sources)) this.leaveOut(name);
  }

  #make(name: string, owner: Owner | undefined): FrameFile {
    const package_ = MODULES.exec(name)?.[1] ?? '';
    return {
      name,
      owner: owner ?? this.#ownerOf(name, package_),
      package: package_,
      positions: new Map(),
    };
  }

  #ownerOf(name: string, package_: string): Owner {
    if (this.#sources !== undefined && name.startsWith(this.#sources)) return 'left out';
    if (name.startsWith('node:') || name.startsWith('wasm:') || !/[\\/:]/.test(name)) return 'left out';
    return package_ === '' ? 'own' : 'package';
  }
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}

/** What a person can open. Loaders add queries to URLs (tsx does). */
export function toPath(file: string): string {
  if (!file.startsWith('file:')) return path.normalize(file.replace(/\?[\w.-]+=.*$/, ''));
  try {
    return fileURLToPath(file.replace(/[?#].*$/, ''));
  } catch {
    return file;
  }
}
