import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { taskDefinition } from '../../src/extension/tasks/definition.ts';
import {
  CATEGORY,
  COLORS,
  COMMANDS,
  CONTAINER,
  CONTEXT_KEYS,
  INSPECTOR_CONTAINER,
  RESTRICTED_SETTINGS,
  RUN_KEY,
  SCRIPT_WHEN,
  SETTING_DEFAULTS,
  STACKS_CONTAINER,
  TASK_TYPE,
  TERMINAL_PROFILE,
  UNTITLED_WHEN,
  VIEWS,
} from '../../src/extension/workbench/contributions.ts';
import { TIMELINE_VIEW } from '../../src/protocol/timeline.ts';

interface MenuItem {
  command: string;
  when?: string;
  group?: string;
}
interface Manifest {
  main: string;
  icon: string;
  type?: string;
  files?: string[];
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  activationEvents: string[];
  extensionKind: string[];
  enabledApiProposals?: string[];
  capabilities: {
    untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] };
    virtualWorkspaces: { supported: boolean };
  };
  contributes: {
    commands: { command: string; title: string; category: string; icon?: string; enablement?: string }[];
    viewsContainers: Record<'activitybar' | 'panel' | 'secondarySidebar', { id: string; icon: string }[]>;
    views: Record<string, { id: string; icon: string; when?: string }[]>;
    viewsWelcome: { view: string; when: string; contents: string }[];
    menus: Record<string, MenuItem[]>;
    keybindings: { command: string; key: string; mac: string; when: string }[];
    configuration: { properties: Record<string, { default: unknown; enum?: string[]; scope: string }> };
    terminal: { profiles: { id: string }[] };
    taskDefinitions: { type: string; properties: Record<string, unknown> }[];
    colors: { id: string; defaults: Record<string, string> }[];
    walkthroughs: { id: string; steps: { media: { svg: string } }[] }[];
  };
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest: Manifest = JSON.parse(text);
const nls: Record<string, string> = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8'));
const { contributes } = manifest;
const views = Object.values(contributes.views).flat();
const containers = Object.values(contributes.viewsContainers).flat();
const entries = Object.entries(COMMANDS) as [
  string,
  { icon?: string; palette?: string; enablement?: string },
][];

test('commands: the registry and package.json agree, each has a title and the category', () => {
  assert.deepEqual(
    contributes.commands,
    entries.map(([command, { icon, enablement }]) => ({
      command,
      title: `%command.${command.slice(CONTAINER.length + 1)}%`,
      category: CATEGORY,
      ...(icon ? { icon } : {}),
      ...(enablement ? { enablement } : {}),
    })),
  );
});

test('the palette hides what needs an item, and shows scripts what runs them', () => {
  const expected = entries
    .filter(([, c]) => c.palette)
    .map(([command, c]) => ({ command, when: c.palette === 'never' ? 'false' : c.palette }));
  assert.deepEqual(contributes.menus.commandPalette, expected);
});

test('menus name only known commands, with groups, and show an icon where they are inline', () => {
  for (const [menu, items] of Object.entries(contributes.menus)) {
    for (const item of items) {
      const known = entries.find(([command]) => command === item.command)?.[1];
      assert.ok(known, `${menu}: ${item.command}`);
      assert.ok(item.when, `${menu}: ${item.command} has no when`);
      if (menu !== 'commandPalette') assert.ok(item.group, `${menu}: ${item.command} has no group`);
      const needsIcon = /^(inline|navigation)/.test(item.group ?? '');
      if (needsIcon) assert.ok(known.icon, `${item.command} is shown as a button and has no icon`);
    }
  }
});

test('programs run only in trusted workspaces, from the places where one looks for it', () => {
  for (const menu of ['editor/title/run', 'explorer/context']) {
    const item = contributes.menus[menu]?.find((i) => i.command === 'forkscope.runWithTracing');
    assert.ok(item?.when?.startsWith(`isWorkspaceTrusted && ${SCRIPT_WHEN}`), menu);
  }
  assert.equal(COMMANDS['forkscope.runWithTracing'].enablement, 'isWorkspaceTrusted');
  const untrusted = contributes.viewsWelcome.find((w) => w.when.startsWith('!isWorkspaceTrusted'));
  assert.equal(untrusted?.view, VIEWS.processes);
  // Each view that says what can be done says it where the folder is not trusted too.
  for (const { view } of contributes.viewsWelcome) {
    const own = contributes.viewsWelcome.filter((w) => w.view === view);
    const { contents = '' } = own.find((w) => w.when.startsWith('!isWorkspaceTrusted')) ?? {};
    assert.match(nls[contents.replaceAll('%', '')] ?? '', /command:workbench\.trust\.manage/, view);
  }
  const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
  assert.equal(untrustedWorkspaces.supported, 'limited');
  assert.deepEqual(
    untrustedWorkspaces.restrictedConfigurations,
    RESTRICTED_SETTINGS.map((s) => `forkscope.${s}`),
  );
  assert.equal(virtualWorkspaces.supported, false);
});

test('npm scripts are run from their own view, from the explorer and from the palette, in trusted folders', () => {
  const at = (menu: string) =>
    contributes.menus[menu]?.filter((i) => i.command === 'forkscope.runNpmScript') ?? [];
  for (const { when } of at('view/item/context'))
    assert.equal(when, 'view == npm && isWorkspaceTrusted && viewItem == script');
  assert.deepEqual(
    at('view/item/context').map(({ group }) => group?.split('@')[0]),
    ['inline', 'navigation'],
  );
  const [item] = at('explorer/context');
  assert.match(item?.when ?? '', /^isWorkspaceTrusted && .* resourceFilename == package\.json /);
  assert.deepEqual(at('commandPalette'), []);
});

test('tasks: one type, whose properties are those that are read', () => {
  const [tasks, ...more] = contributes.taskDefinitions;
  assert.deepEqual(more, []);
  assert.equal(tasks?.type, TASK_TYPE);
  const given = { type: TASK_TYPE, script: 'a.ts', npm: 'b', path: 'c', args: ['d'], cwd: 'e' };
  const { type, ...read } = taskDefinition({ ...given, other: 'f' });
  assert.deepEqual(Object.keys(read).sort(), Object.keys(tasks?.properties ?? {}).sort());
  assert.equal(type, TASK_TYPE);
});

test('traced terminals: a profile, and a toggle that is off', () => {
  assert.deepEqual(
    contributes.terminal.profiles.map(({ id }) => id),
    [TERMINAL_PROFILE],
  );
  assert.equal(SETTING_DEFAULTS.traceTerminals, false);
});

test('scripts are told from declarations and other files', () => {
  const [, is = '', not = ''] =
    /resourceFilename =~ \/(.*?)\/ && !\(resourceFilename =~ \/(.*?)\/\)$/.exec(SCRIPT_WHEN) ?? [];
  const runs = (name: string) => new RegExp(is).test(name) && !new RegExp(not).test(name);
  const names = ['a.ts', 'a.mts', 'a.cts', 'a.js', 'a.mjs', 'a.cjs', 'a.tsx', 'a.jsx'];
  assert.deepEqual(names.filter(runs), names);
  assert.deepEqual(['a.d.ts', 'a.d.mts', 'a.json', 'a.tsxy'].filter(runs), []);
});

test('a script is run by keys, in trusted folders, whether it has a file yet or not', () => {
  for (const when of [SCRIPT_WHEN, UNTITLED_WHEN]) {
    assert.ok(
      contributes.keybindings.some(
        (binding) =>
          binding.command === 'forkscope.runWithTracing' &&
          binding.key === RUN_KEY &&
          binding.mac === RUN_KEY.replace('ctrl', 'cmd') &&
          binding.when === `isWorkspaceTrusted && ${when}`,
      ),
      when,
    );
    const buttons = contributes.menus['editor/title/run'] ?? [];
    assert.equal(buttons.filter((item) => item.when === `isWorkspaceTrusted && ${when}`).length, 3);
  }
  assert.match(nls['walkthrough.run.text'] ?? '', /Ctrl\+K F5/);
});

test('settings and their defaults', () => {
  const { properties } = contributes.configuration;
  const defaults = Object.entries(SETTING_DEFAULTS).map(([name, value]) => [`forkscope.${name}`, value]);
  assert.deepEqual(
    Object.entries(properties)
      .map(([name, p]) => [name, p.default])
      .sort(),
    defaults.sort(),
  );
  for (const [name, { enum: values }] of Object.entries(properties)) {
    for (const value of values ?? [])
      assert.ok(nls[`setting.${name.slice(10)}.${value}`], `${name}.${value}`);
  }
  assert.equal(properties['forkscope.runtimeExecutable']?.scope, 'machine-overridable');
});

test('views, context keys and colours', () => {
  assert.deepEqual(
    views.map((v) => v.id),
    Object.values(VIEWS),
  );
  assert.deepEqual(
    containers.map((c) => c.id),
    [CONTAINER, STACKS_CONTAINER, INSPECTOR_CONTAINER],
  );
  assert.deepEqual(Object.keys(contributes.views), [CONTAINER, STACKS_CONTAINER, INSPECTOR_CONTAINER]);
  assert.deepEqual(
    contributes.colors.map((c) => c.id),
    Object.values(COLORS),
  );
  for (const { defaults } of contributes.colors) {
    assert.deepEqual(Object.keys(defaults), ['dark', 'light', 'highContrast', 'highContrastLight']);
  }
  const names = new Set<string>([
    ...entries.map(([command]) => command),
    ...CONTEXT_KEYS,
    ...Object.values(VIEWS),
  ]);
  const whens = [...text.matchAll(/"(?:when|enablement)": "([^"]*)"/g)].flatMap(
    ([, when]) => when?.match(/(?<!config\.)forkscope\.\w+/g) ?? [],
  );
  for (const name of whens) assert.ok(names.has(name), `${name} in a when clause is not known`);
});

test('every text is in package.nls.json, and nothing else is', () => {
  const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
  assert.deepEqual([...used].sort(), Object.keys(nls).sort());
  for (const link of Object.values(nls).flatMap((t) => t.match(/command:[\w.]+/g) ?? [])) {
    const command = link.slice('command:'.length);
    const own = command.startsWith('forkscope.') && !command.endsWith('.focus');
    if (own) assert.ok(command in COMMANDS, command);
  }
});

test('files that the manifest names exist', () => {
  const files = [
    manifest.icon,
    ...containers.map((c) => c.icon),
    ...views.map((v) => v.icon),
    ...contributes.walkthroughs.flatMap((w) => w.steps.map((s) => s.media.svg)),
  ];
  for (const file of files) assert.ok(existsSync(path.join(root, file)), file);
});

test('one manifest: workspace extension, one bundle, no proposed API, types no newer than the engine', () => {
  assert.deepEqual(manifest.extensionKind, ['workspace']);
  assert.equal(manifest.main, './dist/extension.cjs');
  assert.equal(manifest.type, undefined);
  assert.equal(manifest.files, undefined);
  assert.equal(manifest.enabledApiProposals, undefined);
  assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${TIMELINE_VIEW}`));
  const minor = (range: string | undefined) => Number(/1\.(\d+)/.exec(range ?? '')?.[1]);
  assert.ok(minor(manifest.devDependencies['@types/vscode']) <= minor(manifest.engines.vscode));
});
