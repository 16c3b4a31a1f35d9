// Checks of the repository's own files. Each returns the problems that it found, one line each.
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { duplicatesIn } from './duplicates.mjs';
import { npm, run } from './exec.mjs';
import { circlesBetweenFolders } from './folders.mjs';
import { root } from './parts.mjs';
import { measure } from './sources.mjs';

/** @param {string} file */
const read = (file) => readFileSync(path.join(root, file), 'utf8');

/** Files that git knows, or would with the next commit. @returns {Promise<string[]>} */
export async function ownFiles() {
  const list = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  return list.split('\0').filter((file) => file && existsSync(path.join(root, file)));
}

/** Folders of this machine, and its registry: nothing of them belongs into the repository. */
async function machineNames() {
  const parent = path.dirname(root);
  const shallow = [path.parse(root).root, path.resolve(os.tmpdir()), os.homedir()].includes(parent);
  const folders = [root, os.homedir(), ...(shallow ? [] : [parent])].map((folder) => `${folder}${path.sep}`);
  const registry = new URL(
    (await npm(['config', 'get', 'registry'], { cwd: root })).trim().split('\n').at(-1) ?? '',
  );
  return [...folders, ...(registry.host === 'registry.npmjs.org' ? [] : [registry.host])];
}

export async function noMachinePaths() {
  const names = await machineNames();
  return (await ownFiles()).flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'latin1');
    return names.filter((name) => text.includes(name)).map((name) => `${file} contains ${name}`);
  });
}

/** With them, `npm ci` would only work where they can be reached. */
export async function noLockedHosts() {
  const packages = Object.entries(JSON.parse(read('package-lock.json')).packages);
  return packages
    .filter(([, entry]) => /^https?:/.test(/** @type {{ resolved?: string }} */ (entry).resolved ?? ''))
    .map(([name]) => `package-lock.json: ${name} names a host ("resolved")`);
}

/** An entry that a package needs and the lock lacks (a registry without it leaves it out) breaks `npm ci`. */
export async function lockIsWhole() {
  const { packages } = JSON.parse(read('package-lock.json'));
  return Object.entries(packages).flatMap(([name, entry]) => {
    const { dependencies, optionalDependencies } = /** @type {Record<string, object>} */ (entry);
    return Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((needed) => !isLocked(packages, name, needed))
      .map((needed) => `package-lock.json has no ${needed}, which ${name || 'package.json'} needs`);
  });
}

/** As Node resolves: in the package's own node_modules, then in each one above. */
function isLocked(/** @type {object} */ packages, /** @type {string} */ from, /** @type {string} */ needed) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (`${at && `${at}/`}node_modules/${needed}` in packages) return true;
    if (at === '') return false;
  }
}

/** On the desktop it is Electron: programs run on the Node that the settings or the user's shell name. */
export async function noExecPathInExtension() {
  return (await ownFiles())
    .filter((file) => /^src\/extension\/.*\.ts$/.test(file) && /\bexecPath\b/.test(read(file)))
    .map((file) => `${file} uses process.execPath`);
}

const SOURCE = /^(src|scripts|test|bench)\/.*\.(ts|mts|cts|mjs|cjs|js)$/;

/** @param {RegExp} [pattern] of paths */
async function sources(pattern = SOURCE) {
  return (await ownFiles()).filter((file) => pattern.test(file) && !file.includes('/fixtures/'));
}

export async function sourcesAreSmall() {
  // A test is a list of steps: only its file has a limit.
  return (await sources()).flatMap((file) => measure(file, /^(src|scripts)\//.test(file)));
}

export async function sourcesAreFinished() {
  return (await sources()).flatMap((file) => {
    const mark = /(\/\/|\*)\s*(TODO|FIXME|XXX|HACK)\b/.exec(read(file));
    return mark ? [`${file} says ${mark[2]}`] : [];
  });
}

export async function foldersAreLayers() {
  return circlesBetweenFolders(await sources(/^src\/.*\.ts$/));
}

export async function nothingIsSaidTwice() {
  return duplicatesIn(await sources(/^src\/.*\.ts$/));
}

export async function manifestIsWhole() {
  const manifest = JSON.parse(read('package.json'));
  const texts = existsSync(path.join(root, 'package.nls.json')) ? JSON.parse(read('package.nls.json')) : {};
  const keys = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? '');
  const missing = keys.filter((key) => !(key in texts)).map((key) => `package.nls.json has no ${key}`);
  const commands = manifest.contributes?.commands ?? [];
  const bare = commands.flatMap((/** @type {Record<string, string>} */ command) =>
    ['title', 'category', 'icon']
      .filter((key) => !command[key])
      .map((key) => `${command.command} has no ${key}`),
  );
  return [...missing, ...bare];
}

/** The schemas that the repository offers are schemas. */
export async function schemasCompile() {
  return (await ownFiles())
    .filter((file) => file.endsWith('.schema.json'))
    .flatMap((file) => {
      try {
        const schema = JSON.parse(read(file));
        const Version = String(schema.$schema).includes('2020-12') ? Ajv2020 : Ajv;
        new Version({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(schema);
        return [];
      } catch (error) {
        return [`${file}: ${error instanceof Error ? error.message : error}`];
      }
    });
}
