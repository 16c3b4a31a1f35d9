import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ForkscopeApi } from '../../../../src/extension/extension.ts';
import { DROPS } from '../../../../src/extension/tree/drop.ts';
import { cleanUp, forkscope, nodes, until } from './support.ts';

describe('a trace on the tree', () => {
  let api: ForkscopeApi;
  let trace = '';
  before(async () => {
    api = await forkscope();
    await cleanUp(api);
    const { extensionPath } = vscode.extensions.getExtension('forkscope.forkscope') ?? assert.fail();
    trace = path.join(extensionPath, 'test/fixtures/traces/v1-deadlock');
  });
  afterEach(() => cleanUp(api));

  it('is opened when it is dropped there, and nothing else of the list is', async () => {
    const data = new vscode.DataTransfer();
    const list = `# dragged\r\n${vscode.Uri.file(trace)}\r\nhttps://example.org/a.forkscope\r\n`;
    data.set('text/uri-list', new vscode.DataTransferItem(list));
    await DROPS.handleDrop?.(undefined, data, new vscode.CancellationTokenSource().token);
    await until('the session', () => nodes(api, trace).some(({ style }) => style.label === 'alice-to-bob'));
    assert.equal(api.sessions.list().length, 1);
  });
});
