import type { ProcessEntity, ResourceEntity, ThreadEntity } from './entities.ts';
import type { SiteTable } from './sites.ts';

/** The last part of a path, on either separator. */
export function baseName(path: string): string {
  const parts = path.split(/[\\/]/);
  for (let i = parts.length - 1; i >= 0; i--) if (parts[i] !== '') return parts[i] as string;
  return path;
}

/** What a process is called: what its parent named it, else its script, else its program. */
export function processName(process: ProcessEntity): string {
  const { child, definition, os } = process;
  if (child !== null && child.name !== '') return child.name;
  // Its files run below it, under their own names.
  if (definition?.execArgv.includes('--test')) return `${baseName(definition.execPath || 'node')} --test`;
  const script = definition?.argv[1];
  if (script !== undefined && !definition?.execArgv.some(isCode)) return baseName(script);
  if (definition !== null) return baseName(definition.execPath || 'node');
  const program = child?.file || child?.argv[0];
  if (program) return baseName(program);
  return os === null ? `process ${process.pid}` : baseName(os.name);
}

/** `node -e CODE a b`: there is no script, `a` is its first argument. */
function isCode(flag: string): boolean {
  return /^(-e|-p|-pe|--eval|--print)(=|$)/.test(flag);
}

export function threadName(thread: ThreadEntity): string {
  if (thread.threadId === 0) return 'main';
  if (thread.name !== '') return thread.name;
  if (thread.child !== null && thread.child.name !== '') return thread.child.name;
  const file = thread.file || thread.child?.file;
  return `${file ? baseName(file) : 'worker'} ${thread.threadId}`;
}

/** The user's name of a resource, else its kind and the place where it was made. */
export function resourceName(resource: ResourceEntity, sites: SiteTable): string {
  if (resource.name !== '') return resource.name;
  const site = sites.view(resource.createdSite);
  return site === null
    ? `${kindWords(resource.kind)} ${shortKey(resource.key)}`
    : `${kindWords(resource.kind)} ${baseName(site.file)}:${site.line}`;
}

/** `boundedSemaphore` → "bounded semaphore". */
export function kindWords(kind: string): string {
  if (kind === 'ipc') return 'IPC channel';
  if (kind === 'rlock') return 'recursive lock';
  if (kind === 'atomics') return 'shared memory (Atomics)';
  return kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `lock B`, `queue main.ts:12`. Names of what nobody has named say its kind themselves, and those of stdio pipes. */
export function nameWithKind(
  { kind, name }: { readonly kind: string; readonly name: string },
  words = kindWords(kind),
): string {
  return kind === 'stdio' || name.startsWith(kindWords(kind)) ? name : `${words} ${name}`;
}

function shortKey(key: string): string {
  return key.length <= 24 ? key : `…${key.slice(-20)}`;
}
