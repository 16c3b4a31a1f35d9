declare const __FORKSCOPE_VERSION__: string | undefined;

/** Set by the build from package.json. */
export const VERSION = typeof __FORKSCOPE_VERSION__ === 'string' ? __FORKSCOPE_VERSION__ : '0.0.0-source';
