import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { preloadOption, withoutPreload } from '../../src/base/node-options.ts';

const session = { shim: '/not/there/with "quotes"/shim.cjs' };

test('where other files may be, a preload that is not there is no reason for Node not to start', () => {
  const elsewhere = [
    ['chroot', '/srv', 'node'],
    ['sh', '-c', 'cd / && chroot /srv node x'],
    ['unshare', '-rm', 'node'],
    ['unshare', '--mount', 'node'],
    ['bash', '-c', 'unshare -n -R /srv node'],
    ['/usr/bin/bwrap', '--ro-bind', '/usr', '/usr', 'node'],
  ];
  for (const args of elsewhere) {
    const option = preloadOption(session, args);
    assert.match(option, /^--import /, args.join(' '));
    const node = spawnSync(process.execPath, ['-p', '1'], {
      env: { NODE_OPTIONS: option },
      encoding: 'utf8',
    });
    assert.deepEqual([node.stdout, node.stderr], ['1\n', '']);
    assert.equal(withoutPreload(session, `${option} --no-warnings`), '--no-warnings');
  }
});

test('everywhere else the preload is required, which changes nothing in the order of things', () => {
  for (const args of [
    ['node', 'x'],
    ['unshare', '-n', 'node'],
    ['sh', '-c', 'my-chroot-tool x'],
    ['npx', 'jest', '--chroot'],
  ]) {
    const option = preloadOption(session, args);
    assert.match(option, /^--require "/, args.join(' '));
    assert.equal(withoutPreload(session, `--a ${option}`), '--a');
  }
});
