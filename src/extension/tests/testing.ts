import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import { messageOf } from '../../base/errors.ts';
import type { TestHome } from './frameworks.ts';
import { homeOfFile } from './homes.ts';
import { FileItems } from './items.ts';
import { failureMessage, findingMessage } from './messages.ts';
import type { TestResult } from './result.ts';
import { runFile, type TestEnd, type TestRunners } from './traced-run.ts';

/** Where others' tests lie. */
const OTHERS = '**/node_modules/**';
/** Files that are looked at. */
const MOST = 5000;

/** The tests of the workspace, with *Run with Tracing*. They are looked for when somebody looks at the editor's view of tests. */
export class Testing implements vscode.Disposable {
  readonly controller: vscode.TestController;
  private readonly all = new Disposables();
  private readonly runners: TestRunners;
  private files: string;
  private watcher: Disposables | undefined;
  private readonly homes = new Map<string, TestHome>();
  private seen = false;

  /** @param files glob of the files that may hold tests */
  constructor(runners: TestRunners, files: string) {
    this.runners = runners;
    this.files = files;
    const label = vscode.l10n.t('Tests with Tracing');
    this.controller = this.all.add(vscode.tests.createTestController('forkscope', label));
    this.controller.resolveHandler = async (item) => {
      if (item === undefined) await this.discover();
    };
    this.controller.refreshHandler = () => this.discover();
    this.controller.createRunProfile(
      vscode.l10n.t('Run with Tracing'),
      vscode.TestRunProfileKind.Run,
      (request, token) => this.run(request, token),
    );
  }

  dispose(): void {
    this.watcher?.dispose();
    this.all.dispose();
  }

  /**
   * Goes by another glob from now on, with the same controller: without any, the editor would close its view of tests, maybe while
   * somebody looks at it.
   */
  async goBy(files: string): Promise<void> {
    this.files = files;
    this.watcher?.dispose();
    this.watcher = undefined;
    // A view that is open already does not ask again.
    if (this.seen) await this.discover();
  }

  /** Somebody has looked at the tests: before that no file is read. */
  get isSeen(): boolean {
    return this.seen;
  }

  async discover(): Promise<void> {
    this.watch();
    this.seen = true;
    const by = this.files;
    const files = await vscode.workspace.findFiles(by, OTHERS, MOST);
    if (by !== this.files) return;
    const found = new Set(files.map(String));
    for (const [id, { uri }] of this.controller.items) if (uri && !found.has(id)) this.forget(uri);
    await Promise.all(files.map((file) => this.look(file)));
  }

  private watch(): void {
    if (this.watcher) return;
    this.watcher = new Disposables();
    const watcher = this.watcher.add(vscode.workspace.createFileSystemWatcher(this.files));
    for (const event of [watcher.onDidCreate, watcher.onDidChange])
      this.watcher.add(event((file) => void this.look(file)));
    this.watcher.add(watcher.onDidDelete((file) => this.forget(file)));
  }

  private async look(file: vscode.Uri): Promise<void> {
    if (file.path.includes('/node_modules/')) return;
    const home = await homeOfFile(file).catch(() => undefined);
    if (home === undefined) {
      this.forget(file);
      return;
    }
    this.homes.set(file.toString(), home);
    if (this.controller.items.get(file.toString())) return;
    const item = this.controller.createTestItem(file.toString(), vscode.workspace.asRelativePath(file), file);
    item.description = home.framework;
    this.controller.items.add(item);
  }

  private forget(file: vscode.Uri): void {
    this.homes.delete(file.toString());
    this.controller.items.delete(file.toString());
  }

  /** Tests run by the file: each file is a session. */
  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const wanted = request.include ?? [...this.controller.items].map(([, item]) => item);
    const files = new Set(wanted.map(fileOf));
    for (const left of request.exclude ?? []) if (left.parent === undefined) files.delete(left);
    const run = this.controller.createTestRun(request);
    try {
      for (const item of files) run.enqueued(item);
      for (const item of files) {
        if (token.isCancellationRequested) run.skipped(item);
        else await this.runItem(run, item, token);
      }
    } finally {
      run.end();
    }
  }

  private async runItem(
    run: vscode.TestRun,
    file: vscode.TestItem,
    cancelled: vscode.CancellationToken,
  ): Promise<void> {
    const home = this.homes.get(file.id);
    if (!file.uri || !home) return;
    const items = new FileItems(this.controller, file);
    const tell = new Telling(run, items, file);
    run.started(file);
    try {
      const end = await runFile(this.runners, file.uri, home, {
        result: (result) => tell.result(result),
        output: (text) => run.appendOutput(text.replace(/\r?\n/g, '\r\n')),
        cancelled,
      });
      if (end === undefined) run.errored(file, new vscode.TestMessage(vscode.l10n.t('No usable Node.js')));
      else tell.end(end, cancelled.isCancellationRequested);
    } catch (error) {
      run.errored(file, new vscode.TestMessage(messageOf(error)));
    }
  }
}

/** Hands the results of a file's tests to the editor. */
class Telling {
  private readonly run: vscode.TestRun;
  private readonly items: FileItems;
  private readonly file: vscode.TestItem;
  private readonly running = new Set<vscode.TestItem>();
  private told = 0;
  private failed = 0;

  constructor(run: vscode.TestRun, items: FileItems, file: vscode.TestItem) {
    this.run = run;
    this.items = items;
    this.file = file;
  }

  result(result: TestResult): void {
    const item = this.items.of(result);
    const { state, duration, failure } = result;
    if (state === 'running') {
      this.running.add(item);
      this.run.started(item);
      return;
    }
    this.running.delete(item);
    this.told++;
    if (state === 'passed') this.run.passed(item, duration);
    if (state === 'skipped') this.run.skipped(item);
    if (state !== 'failed') return;
    this.failed++;
    const text = failure ?? { message: '', stack: '' };
    this.run.failed(item, failureMessage(text, this.file.uri?.fsPath ?? ''), duration);
  }

  /** What has not ended by itself stands still, was ended, or has never been begun. */
  end(end: TestEnd, cancelled: boolean): void {
    const left = this.unended();
    const rows = left.length > 0 ? left : [this.file];
    const messages = end.hangs.map(findingMessage);
    if (messages.length > 0) for (const item of rows) this.run.failed(item, messages);
    else if (cancelled) for (const item of rows) this.run.skipped(item);
    else if (left.length > 0 || this.hasFailedElsewhere(end)) {
      const message = new vscode.TestMessage(end.problem || endText(end.code));
      for (const item of rows) this.run.errored(item, message);
    } else if (this.told === 0) this.run.passed(this.file);
    if (!cancelled && messages.length === 0 && this.told > 0) this.items.forgetOthers();
  }

  /** A suite goes on as long as what is in it. */
  private unended(): vscode.TestItem[] {
    const running = [...this.running];
    return running.filter((item) => !running.some((other) => other.parent === item));
  }

  /** The file has failed, and none of its tests. */
  private hasFailedElsewhere({ code, problem }: TestEnd): boolean {
    return this.failed === 0 && (code !== 0 || problem !== '');
  }
}

function endText(code: number | null): string {
  return code === null
    ? vscode.l10n.t('The tests were ended by a signal.')
    : vscode.l10n.t('The tests ended with exit code {0}.', code);
}

function fileOf(item: vscode.TestItem): vscode.TestItem {
  return item.parent ? fileOf(item.parent) : item;
}
