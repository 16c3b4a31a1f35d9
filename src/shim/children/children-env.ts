import { ENV_SESSION, ENV_SPAWN, type SessionEnvironment } from '../../base/environment.ts';
import { permissionOptions, preloadOption, withoutPreload, withPreload } from '../../base/node-options.ts';

/** What children must find in their environment to be traced. */
export class ChildEnvironment {
  readonly #session: SessionEnvironment;
  /** The permissions that this process has in its own NODE_OPTIONS, where it runs restricted: its children must not inherit them. */
  readonly #allow: string;

  constructor(session: SessionEnvironment) {
    this.#session = session;
    this.#allow = permissionOptions(session, '--permission', []);
  }

  /**
   * NODE_OPTIONS with the shim in front of what the user has there. `args`: the child's own arguments, to see whether it
   * runs with `--permission`: only then may it be told to allow reading the shim and writing the trace.
   */
  nodeOptions(existing: string | undefined, args: readonly string[] = []): string {
    const own = withoutPreload(this.#session, (existing ?? '').replace(this.#allow, ''));
    const options = withPreload(preloadOption(this.#session, args), own);
    const allow = permissionOptions(this.#session, own, args);
    return allow === '' ? options : `${options} ${allow}`;
  }

  /** NODE_OPTIONS without the shim, `undefined` when nothing is left. */
  withoutShim(existing: string | undefined): string | undefined {
    const rest = withoutPreload(this.#session, (existing ?? '').replace(this.#allow, ''));
    return rest === '' ? undefined : rest;
  }

  /** Adds session, spawn key and shim to an environment that is an object, before Node has seen it. A new object. */
  inject(env: NodeJS.ProcessEnv, spawnKey: string, args: readonly string[]): NodeJS.ProcessEnv {
    const pairs = this.injectPairs(
      toPairs(env),
      spawnKey,
      handsPermissionsOn() ? [...args, '--permission'] : args,
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

  /** Takes session, spawn key and shim away, for a child that shall not be traced. */
  stripPairs(pairs: readonly string[]): string[] {
    const kept = pairs.filter((p) => !isOneOf(p, OURS));
    const options = this.withoutShim(pairValue(pairs, NODE_OPTIONS));
    return options === undefined ? kept : [...kept, `${NODE_OPTIONS}=${options}`];
  }

  strip(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return fromPairs(this.stripPairs(toPairs(env)));
  }
}

/** Since 22.18 and 24.4 Node gives its own `--permission` to children, by NODE_OPTIONS, as the last thing before it starts them. */
function handsPermissionsOn(): boolean {
  if (!('permission' in process)) return false;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 4) || (major === 22 && minor >= 18);
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
/** Node gives children what an environment inherits from its prototype, too. */
function toPairs(env: NodeJS.ProcessEnv): string[] {
  const pairs: string[] = [];
  for (const key in env) if (env[key] !== undefined) pairs.push(`${key}=${env[key]}`);
  return pairs;
}
function fromPairs(pairs: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    pairs.map((p) => {
      const at = p.indexOf('=', 1);
      return [p.slice(0, at), p.slice(at + 1)];
    }),
  );
}
