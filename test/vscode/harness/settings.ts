/** A VS Code that asks nothing, fetches nothing and looks the same every time. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'window.commandCenter': false,
  'window.confirmBeforeClose': 'never',
  // The web's default saves behind a test's back.
  'files.autoSave': 'off',
  'files.simpleDialog.enable': true,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
};

/** The user settings of a test's profile. */
export const testSettings = (own: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  ...QUIET,
  ...own,
});
