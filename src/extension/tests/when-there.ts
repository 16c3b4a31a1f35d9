import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { setting } from '../workbench/settings.ts';
import { Testing } from './testing.ts';
import type { TestRunners } from './traced-run.ts';

/** Tests of the workspace, once it is trusted and has files of tests: else the editor would show its view of tests for nothing. */
export class TestsWhenThere implements vscode.Disposable {
  private readonly all = new Disposables();
  private readonly runners: TestRunners;
  /** Somebody has looked at the tests, by whatever pattern. */
  private seen = false;
  private current: { readonly testing: Testing; readonly files: string } | undefined;

  constructor(runners: TestRunners) {
    this.runners = runners;
    const look = () => void this.look();
    this.all.add(vscode.workspace.onDidGrantWorkspaceTrust(look));
    this.all.add(vscode.workspace.onDidChangeWorkspaceFolders(look));
    this.all.add(vscode.workspace.onDidCreateFiles(look));
    this.all.add(
      vscode.workspace.onDidSaveTextDocument((document) => {
        // Of any other file the whole workspace would be searched in vain.
        if (vscode.languages.match({ pattern: setting('testFiles') }, document) > 0) look();
      }),
    );
    this.all.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('forkscope.testFiles')) look();
      }),
    );
    look();
  }

  get testing(): Testing | undefined {
    return this.current?.testing;
  }

  async look(): Promise<Testing | undefined> {
    const files = setting('testFiles');
    if (this.current?.files === files) return this.current.testing;
    const isWanted = vscode.workspace.isTrusted && files !== '';
    const [first] = isWanted ? await vscode.workspace.findFiles(files, '**/node_modules/**', 1) : [];
    // Where the setting has changed meanwhile, whoever looked then goes on.
    if (files !== setting('testFiles') || this.current?.files === files || this.all.isDisposed)
      return this.testing;
    if (first === undefined) {
      this.seen ||= this.current?.testing.isSeen ?? false;
      this.current?.testing.dispose();
      this.current = undefined;
      return undefined;
    }
    if (this.current) {
      const { testing } = this.current;
      this.current = { testing, files };
      await testing.goBy(files);
      return testing;
    }
    const testing = new Testing(this.runners, files);
    this.current = { testing, files };
    // A view that is open already does not ask again.
    if (this.seen) await testing.discover();
    return testing;
  }

  dispose(): void {
    this.current?.testing.dispose();
    this.all.dispose();
  }
}
