import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { DEFAULT_SHIM_OPTIONS, type SessionEnvironment } from '../../src/base/environment.ts';
import { tracedEnvironment } from '../../src/session/launch/environment.ts';
import { files, scratch } from './support.ts';

function session(shim: string): SessionEnvironment {
  return { dir: '/trace', session: 's', origin: '1', shim, options: DEFAULT_SHIM_OPTIONS };
}

test('a real Node loads the shim from a path with blanks, quotes and backslashes, and the preload of the user too', (t) => {
  const dir = scratch(t);
  const odd = process.platform === 'win32' ? 'a b.cjs' : 'a "b" \\c.cjs';
  files(dir, {
    [odd]: "console.log('shim')",
    'own.cjs': "console.log('own')",
    'main.cjs': "console.log('main')",
  });
  const own = { ...process.env, NODE_OPTIONS: `--require ${path.join(dir, 'own.cjs')}` };
  const env = tracedEnvironment(own, session(path.join(dir, odd)), 'key', []);
  const out = execFileSync(process.execPath, [path.join(dir, 'main.cjs')], { env, encoding: 'utf8' });
  assert.deepEqual(out.trim().split(/\r?\n/), ['shim', 'own', 'main']);
  assert.equal(env.FORKSCOPE_SPAWN, 'key');
});

test('a session inside a session replaces the outer one, and keeps everything else', () => {
  const outer = tracedEnvironment({ NODE_OPTIONS: '--no-warnings' }, session('/a b/old.cjs'), 'k1', []);
  const inner = tracedEnvironment(outer, session('/new.cjs'), 'k2', []);
  assert.equal(inner.NODE_OPTIONS, '--require "/new.cjs" --no-warnings');
});
