import { parseStdioKey } from '../../trace/format/stdio-key.ts';
import { english, type Labelled, resourceText } from '../words/index.ts';
import type { ProcessEntity, ResourceEntity } from './entities.ts';
import type { World } from './world.ts';

/** What all resources are called, no two the same: equal ones are numbered in the order in which they were made. */
export class ResourceNames {
  private readonly world: World;
  private numbers = new Map<ResourceEntity, number>();
  private revision = -1;

  constructor(world: World) {
    this.world = world;
  }

  of(resource: ResourceEntity): Labelled {
    if (this.revision !== this.world.revision) {
      this.revision = this.world.revision;
      this.numbers = numbersOf(this.world);
    }
    return { ...plain(this.world, resource), number: this.numbers.get(resource) ?? 0 };
  }
}

/** Which of several with the same label a resource is, from 1; those whose label nobody else has are left out. */
function numbersOf(world: World): Map<ResourceEntity, number> {
  const groups = new Map<string, ResourceEntity[]>();
  for (const resource of world.resources) {
    const label = resourceText(english, plain(world, resource));
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [resource]);
    else group.push(resource);
  }
  const numbers = new Map<ResourceEntity, number>();
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    group.sort((a, b) => madeAt(a) - madeAt(b) || (a.key < b.key ? -1 : 1));
    for (const [index, resource] of group.entries()) numbers.set(resource, index + 1);
  }
  return numbers;
}

function madeAt({ createdAt }: ResourceEntity): number {
  return createdAt ?? Number.MAX_VALUE;
}

function plain(world: World, resource: ResourceEntity): Labelled {
  const { kind, key, createdSite } = resource;
  return { kind, given: givenName(world, resource), site: world.sites.view(createdSite), id: key, number: 0 };
}

/** The program's name; channels that are not a thing of the program's are named by their ends. */
function givenName(world: World, { kind, key, name }: ResourceEntity): string {
  if (kind === 'stdio') {
    const child = processOf(world, parseStdioKey(key)?.spawnKey);
    return child === null ? name : `${name} of ${child.name}`;
  }
  const [, spawnKey, way, what = ''] = kind === 'ipc' ? (IPC_KEY.exec(key) ?? []) : [];
  const child = processOf(world, spawnKey);
  if (child === null) return name;
  const parent = child.child?.owner?.process ?? child.parent;
  const ends = [parent?.name ?? 'parent', child.name];
  return `${(way === 'down' ? ends : ends.reverse()).join(' → ')}${what === '' ? '' : ` (${what})`}`;
}

/** Key of a direction of an IPC channel: spawn key of the child, way, what goes over it beside messages. */
const IPC_KEY = /^ipc:(.+):(down|up)(handles)?$/;

function processOf(world: World, spawnKey: string | undefined): ProcessEntity | null {
  const process = spawnKey === undefined ? null : (world.processes.childOf(spawnKey)?.process ?? null);
  return process === null || process.id === '' ? null : process;
}
