import type { ShimOptions } from '../../base/environment.ts';

/** Which children are traced, by their command line: `include` and `exclude` hold substrings, or globs with `*` and `?`. */
export class ChildFilter {
  readonly #include: readonly RegExp[];
  readonly #exclude: readonly RegExp[];

  constructor({ include, exclude }: Pick<ShimOptions, 'include' | 'exclude'>) {
    this.#include = include.map(toPattern);
    this.#exclude = exclude.map(toPattern);
  }

  traces(file: string, args: readonly string[]): boolean {
    if (this.#include.length === 0 && this.#exclude.length === 0) return true;
    const line = [file, ...args].join(' ');
    if (this.#exclude.some((p) => p.test(line))) return false;
    return this.#include.length === 0 || this.#include.some((p) => p.test(line));
  }
}

function toPattern(text: string): RegExp {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  if (!/[*?]/.test(text)) return new RegExp(escaped);
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's');
}
