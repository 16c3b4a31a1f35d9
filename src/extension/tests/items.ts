import * as vscode from 'vscode';
import type { TestResult } from './result.ts';

/** The rows of the tests of one file, made as results come. */
export class FileItems {
  private readonly controller: vscode.TestController;
  private readonly file: vscode.TestItem;
  private readonly seen = new Set<vscode.TestItem>();

  constructor(controller: vscode.TestController, file: vscode.TestItem) {
    this.controller = controller;
    this.file = file;
  }

  /** The row of a result: suites around it are made where they are not there yet. */
  of({ path, place }: Pick<TestResult, 'path' | 'place'>): vscode.TestItem {
    let item = this.file;
    for (const name of path) item = this.below(item, name);
    const uri = item.uri;
    if (place && uri?.fsPath === place.file) {
      const at = new vscode.Position(Math.max(0, place.line - 1), Math.max(0, place.column - 1));
      item.range = new vscode.Range(at, at);
    }
    return item;
  }

  /** Takes away the rows of tests that the file does not have any more. */
  forgetOthers(): void {
    const sweep = (item: vscode.TestItem): void => {
      for (const [id, child] of item.children) {
        if (this.seen.has(child)) sweep(child);
        else item.children.delete(id);
      }
    };
    sweep(this.file);
  }

  private below(parent: vscode.TestItem, name: string): vscode.TestItem {
    // The editor does not take the character 0 in an id.
    const id = name.replaceAll('\0', '');
    let item = parent.children.get(id);
    if (item === undefined) {
      item = this.controller.createTestItem(id, name, this.file.uri);
      parent.children.add(item);
    }
    this.seen.add(item);
    return item;
  }
}
