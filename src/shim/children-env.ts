import path from 'node:path';
import { ENV_SESSION, ENV_SPAWN, type SessionEnvironment } from '../base/environment.ts';

/** A value inside NODE_OPTIONS: Node knows only double quotes, with backslash escapes inside. */
function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

const PERMISSION = /(^|\s)--(experimental-)?permission(\s|$)/;

/** What children must find in their environment to be traced. */
export class ChildEnvironment {
  readonly #session: SessionEnvironment;
  readonly #require: string;

  constructor(session: SessionEnvironment) {
    this.#session = session;
    this.#require = `--require ${quote(session.shim)}`;
  }

  /**
   * NODE_OPTIONS with the shim in front of what the user has there. `args`: the child's own arguments, to see whether it
   * runs with `--permission`: only then may it be told to allow reading the shim and writing the trace.
   */
  nodeOptions(existing: string | undefined, args: readonly string[] = []): string {
    const own = existing ?? '';
    const options = own.includes(this.#require) ? own : `${this.#require} ${own}`.trim();
    const restricted = PERMISSION.test(own) || args.some((a) => PERMISSION.test(a));
    const { dir, shim } = this.#session;
    const allow = [
      // The preload, the shim itself and its compiled code.
      `--allow-fs-read=${quote(path.dirname(shim))}`,
      `--allow-fs-read=${quote(dir)}`,
      `--allow-fs-write=${quote(dir)}`,
    ].join(' ');
    return restricted && !options.includes(allow) ? `${options} ${allow}` : options;
  }

  /** NODE_OPTIONS without the shim, `undefined` when nothing is left. */
  withoutShim(existing: string | undefined): string | undefined {
    const rest = existing?.replace(this.#require, '').trim();
    return rest === '' ? undefined : rest;
  }

  /** The same for an environment as an object; `env` is not changed. */
  inject(env: NodeJS.ProcessEnv, spawnKey: string, args: readonly string[]): NodeJS.ProcessEnv {
    const pairs = this.injectPairs(
      Object.entries(env).flatMap(([k, v]) => (v === undefined ? [] : [`${k}=${v}`])),
      spawnKey,
      args,
    );
    return fromPairs(pairs);
  }

  /** Adds session, spawn key and shim to `KEY=value` pairs. A new array. */
  injectPairs(pairs: readonly string[], spawnKey: string, args: readonly string[]): string[] {
    const kept = pairs.filter((p) => !isOneOf(p, OURS));
    const own = pairValue(pairs, NODE_OPTIONS);
    return [
      ...kept,
      `${NODE_OPTIONS}=${this.nodeOptions(own, args)}`,
      `${ENV_SESSION}=${JSON.stringify(this.#session)}`,
      `${ENV_SPAWN}=${spawnKey}`,
    ];
  }

  /** Takes all of ours away, for a child that shall not be traced. */
  stripPairs(pairs: readonly string[]): string[] {
    const kept = pairs.filter((p) => !isOneOf(p, OURS));
    const options = this.withoutShim(pairValue(pairs, NODE_OPTIONS));
    return options === undefined ? kept : [...kept, `${NODE_OPTIONS}=${options}`];
  }

  strip(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return fromPairs(
      this.stripPairs(Object.entries(env).flatMap(([k, v]) => (v === undefined ? [] : [`${k}=${v}`]))),
    );
  }
}

const NODE_OPTIONS = 'NODE_OPTIONS';
const OURS: readonly string[] = [NODE_OPTIONS, ENV_SESSION, ENV_SPAWN];

/** Windows does not tell upper from lower case in names of variables. */
const fold = process.platform === 'win32' ? (s: string) => s.toUpperCase() : (s: string) => s;

function isOneOf(pair: string, keys: readonly string[]): boolean {
  return keys.includes(fold(pair.slice(0, Math.max(0, pair.indexOf('=')))));
}
export function pairValue(pairs: readonly string[], key: string): string | undefined {
  return pairs.findLast((p) => isOneOf(p, [key]))?.slice(key.length + 1);
}
function fromPairs(pairs: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    pairs.map((p) => {
      const at = p.indexOf('=', 1);
      return [p.slice(0, at), p.slice(at + 1)];
    }),
  );
}
