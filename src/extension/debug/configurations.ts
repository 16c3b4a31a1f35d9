import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { SCRIPT } from '../run/scripts.ts';
import { DEBUG_TYPE } from '../workbench/contributions.ts';

/** A configuration of ours, as people write it: everything that js-debug's `node` takes. */
export interface ForkscopeConfiguration extends vscode.DebugConfiguration {
  readonly program?: string;
}

/** What runs one script, to be put into launch.json or started at once. */
export function launchScript(program: string): ForkscopeConfiguration {
  return {
    type: DEBUG_TYPE,
    request: 'launch',
    name: vscode.l10n.t('Debug {0} with Tracing', path.basename(program)),
    program,
    console: 'integratedTerminal',
  };
}

/** The script of the active editor, where it is one. */
export function activeScript(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && SCRIPT.test(document.fileName) ? document.uri : undefined;
}

/** What is offered in an empty launch.json, and in the list of the debugger's start button. */
export class Offers implements vscode.DebugConfigurationProvider {
  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    const script = activeScript();
    const current = {
      ...launchScript('${file}'),
      name: vscode.l10n.t('Debug Current File with Tracing'),
    };
    return script ? [launchScript(script.fsPath), current] : [current];
  }
}

/** Where a process's inspector listens. */
export interface InspectorAddress {
  readonly address: string;
  readonly port: number;
}
/** Lets the user choose a process that is traced, for `attach` without an address. */
export type PickProcess = () => Promise<InspectorAddress | undefined>;

/**
 * Makes of `forkscope` what js-debug knows: its `node`, marked by `forkscope: true`, which {@link Tracing} puts under trace when all
 * variables are substituted. Without launch.json the configuration is empty: then the script of the active editor is meant.
 */
export class Resolver implements vscode.DebugConfigurationProvider {
  private readonly pick: PickProcess;

  constructor(pick: PickProcess) {
    this.pick = pick;
  }

  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const config = given.request ? given : { ...given, ...this.ofEditor() };
    if (!config.request) {
      const text = vscode.l10n.t('Open a TypeScript or JavaScript file to debug it with tracing.');
      void vscode.window.showInformationMessage(text);
      return undefined;
    }
    if (config.request !== 'attach') return { ...config, type: 'node', forkscope: config.forkscope ?? true };
    if (config.port !== undefined || config.processId !== undefined || config.websocketAddress !== undefined)
      return { ...config, type: 'node' };
    try {
      const address = await this.pick();
      return address && { ...config, ...address, type: 'node', continueOnAttach: true };
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
      return undefined;
    }
  }

  private ofEditor(): Partial<ForkscopeConfiguration> {
    const script = activeScript();
    return script ? launchScript(script.fsPath) : {};
  }
}
