import fs from 'node:fs';
import { join } from 'node:path';
import { codeOf, reasonOf } from '../../base/errors.ts';
import { visible } from '../../base/text.ts';
import type { TraceFiles } from './files.ts';

/** Descriptors that are kept open between polls. */
const MAX_OPEN = 256;
/**
 * A link is not followed: it may lead to any file of whoever looks at the trace. A pipe is opened without waiting for its
 * writer, so that it can be told from a file. (Windows has neither.)
 */
const HOW = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** A trace directory on disk, of which only regular files are read. Descriptors stay open, the most recently used ones. */
export class NodeTraceFiles implements TraceFiles {
  readonly #dir: string;
  readonly #open = new Map<string, number>();
  /** Which file a name was when it was first opened, by device and inode. */
  readonly #identity = new Map<string, string>();
  /** Files that are not read any more. */
  readonly #refused = new Set<string>();
  #problems: string[] = [];

  constructor(dir: string) {
    this.#dir = dir;
  }

  list(): readonly string[] {
    return fs.readdirSync(this.#dir);
  }

  read(name: string, position: number, into: Uint8Array): number {
    const fd = this.#descriptor(name);
    if (fd === undefined) return 0;
    let total = 0;
    try {
      while (total < into.length) {
        const got = fs.readSync(fd, into, total, into.length - total, position + total);
        if (got === 0) break;
        total += got;
      }
    } catch (error) {
      this.#refuse(name, reasonOf(error));
    }
    return total;
  }

  size(name: string): number {
    const fd = this.#descriptor(name);
    if (fd === undefined) return 0;
    try {
      return fs.fstatSync(fd).size;
    } catch {
      return 0;
    }
  }

  takeProblems(): readonly string[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  close(): void {
    for (const fd of this.#open.values()) fs.closeSync(fd);
    this.#open.clear();
  }

  #descriptor(name: string): number | undefined {
    const known = this.#open.get(name);
    if (known !== undefined) {
      this.#open.delete(name);
      this.#open.set(name, known);
      return known;
    }
    if (this.#refused.has(name)) return undefined;
    const fd = this.#openRegular(name);
    if (fd === undefined) return undefined;
    this.#open.set(name, fd);
    this.#evict();
    return fd;
  }

  #openRegular(name: string): number | undefined {
    let fd: number;
    try {
      fd = fs.openSync(join(this.#dir, name), HOW);
    } catch (error) {
      // What is gone was deleted by its writer's size cap; whatever else keeps a file from being read is said.
      if (codeOf(error) === 'ELOOP')
        this.#refuse(name, 'it is a link, which is not followed: put the file in its place');
      else if (codeOf(error) !== 'ENOENT') this.#refuse(name, reasonOf(error));
      return undefined;
    }
    const stat = fs.fstatSync(fd, { bigint: true });
    const identity = `${stat.dev} ${stat.ino}`;
    const before = this.#identity.get(name);
    if (!stat.isFile()) this.#refuse(name, 'it is not a regular file');
    else if (before !== undefined && before !== identity)
      this.#refuse(name, 'another file took its place meanwhile');
    else {
      this.#identity.set(name, identity);
      return fd;
    }
    fs.closeSync(fd);
    return undefined;
  }

  #refuse(name: string, reason: string): void {
    if (this.#refused.has(name)) return;
    this.#refused.add(name);
    this.#problems.push(`${visible(name)} is not read: ${reason}`);
  }

  #evict(): void {
    if (this.#open.size <= MAX_OPEN) return;
    const [oldest, fd] = this.#open.entries().next().value!;
    this.#open.delete(oldest);
    fs.closeSync(fd);
  }
}
