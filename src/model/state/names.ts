import { baseName, english, type Labelled, resourceText } from '../words/index.ts';
import type { ProcessEntity, ResourceEntity, ThreadEntity } from './entities.ts';
import type { SiteTable } from './sites.ts';

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

/** A resource as the vocabulary names it. */
export function labelled({ kind, name, createdSite, key }: ResourceEntity, sites: SiteTable): Labelled {
  return { kind, given: name, site: sites.view(createdSite), id: key };
}

/** The program's name of a resource, else its kind and the place where it was made. */
export function resourceName(resource: ResourceEntity, sites: SiteTable): string {
  return resource.name || resourceText(english, labelled(resource, sites));
}
