import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { announcement } from '../../src/cli/commands/announce.ts';
import { stylerFor } from '../../src/cli/screen/terminal.ts';
import { Session } from '../../src/session/index.ts';
import { ROOT } from '../session/support.ts';

test('an announcement says how to go on now, but not when the program has ended', () => {
  const session = Session.open(path.join(ROOT, 'test/fixtures/traces/v1-deadlock'));
  try {
    const [finding] = session.findings();
    assert.ok(finding?.blocking);
    const told = (state: { readonly killing: boolean; readonly ended: boolean }): string =>
      announcement(finding, session.model, session.now, {
        pid: 77,
        columns: 100,
        styler: stylerFor({ isTTY: false }),
        ...state,
      });
    const ended = told({ killing: false, ended: true });
    assert.match(ended, /the program stands still/);
    assert.doesNotMatch(ended, /Now:/);
    assert.equal(told({ killing: false, ended: false }).slice(0, ended.length), ended);
    assert.match(
      told({ killing: false, ended: false }),
      /Now: it still runs\. Ctrl-C or `kill 77` ends it\./,
    );
    assert.match(told({ killing: true, ended: false }), /Now: the program is ended \(--on-deadlock kill\)\./);
  } finally {
    session.close();
  }
});
