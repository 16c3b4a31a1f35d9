import type { Program } from '../types.ts';

/** Bundlers and wrappers around Node. */
export const BUNDLERS: readonly Program[] = [
  {
    id: 'webpack_terser',
    packages: ['webpack@5.112.2', 'webpack-cli@6.0.1', 'terser-webpack-plugin@5.6.1'],
    files: {
      'terser.config.cjs':
        "const Terser=require('terser-webpack-plugin');module.exports={mode:'production'," +
        "entry:{a:'./src/a.js',b:'./src/b.js',c:'./src/c.js'},output:{path:__dirname+'/dist'}," +
        'optimization:{minimizer:[new Terser({parallel:1})]}}',
      'src/a.js': 'export const a = 1; console.log(a);\n',
      'src/b.js': 'export const b = 2; console.log(b);\n',
      'src/c.js': 'export const c = 3; console.log(c);\n',
    },
    removes: ['dist', 'node_modules/.cache'],
    command: ['node_modules/.bin/webpack', '-c', 'terser.config.cjs', '--no-stats'],
    expect: { processes: 1, nodeExecs: 1, threads: 1, portPosts: 12, workerPosts: 5 },
  },
  {
    id: 'webpack_type_checker',
    packages: [
      'webpack@5.112.2',
      'webpack-cli@7.3.1',
      'fork-ts-checker-webpack-plugin@9.1.0',
      'ts-loader@9.6.2',
      'typescript@5.9.3',
    ],
    files: {
      'checker.config.cjs':
        "const Checker=require('fork-ts-checker-webpack-plugin');module.exports={mode:'production'," +
        "entry:'./src/b.ts',output:{path:__dirname+'/dist'},resolve:{extensions:['.ts','.js']}," +
        'optimization:{minimize:false},' +
        "module:{rules:[{test:/\\.ts$/,loader:'ts-loader',options:{transpileOnly:true}}]},plugins:[new Checker()]}",
      'tsconfig.json': '{"compilerOptions":{"module":"commonjs","strict":true,"types":[]},"include":["src"]}',
      'src/a.ts': 'export const a: number = 1;\n',
      'src/b.ts': "import { a } from './a';\nconsole.log(a);\n",
    },
    removes: ['dist'],
    command: ['node_modules/.bin/webpack', '-c', 'checker.config.cjs', '--no-stats'],
    kills: 'the plugin ends its two services with a signal',
    expect: {
      processes: 3,
      nodeExecs: 3,
      ipcDown: 2,
      ipcUp: 2,
      ipcDownReceived: 2,
      ipcUpReceived: 2,
    },
  },
  {
    id: 'rollup_terser',
    packages: ['rollup@4.67.3', '@rollup/plugin-terser@1.0.2'],
    files: {
      'rollup.config.mjs':
        "import terser from '@rollup/plugin-terser';\n" +
        "export default { input: ['src/a.js', 'src/b.js', 'src/c.js'], output: { dir: 'dist' },\n" +
        '  plugins: [terser({ maxWorkers: 2 })] };\n',
      'src/a.js': 'export const a = 1; console.log(a);\n',
      'src/b.js': 'export const b = 2; console.log(b);\n',
      'src/c.js': 'export const c = 3; console.log(c);\n',
    },
    removes: ['dist'],
    command: ['node_modules/.bin/rollup', '-c', 'rollup.config.mjs'],
    expect: { processes: 1, nodeExecs: 1, threads: 2, portPosts: 14, workerPosts: 3 },
  },
  {
    id: 'esbuild_service',
    packages: ['esbuild@0.28.2'],
    files: {
      'in.ts': 'export const answer: number = 42;\n',
      'build.mjs':
        "import * as esbuild from 'esbuild';\n" +
        "const { code } = await esbuild.transform('let a: number = 1', { loader: 'ts' });\n" +
        "const built = await esbuild.build({ entryPoints: ['in.ts'], write: false });\n" +
        'console.log(code.trim(), built.outputFiles.length);\nawait esbuild.stop();\n',
    },
    command: ['node', 'build.mjs'],
    stdout: 'let a = 1; 1',
    // The service is a native program that talks over its stdin and stdout.
    expect: { processes: 1, nodeExecs: 1, natives: 1 },
  },
  {
    id: 'tsx_command',
    packages: ['tsx@4.23.15'],
    files: { 'main.ts': 'const answer: number = 42;\nconsole.log(answer, typeof process.send);\n' },
    command: ['node_modules/.bin/tsx', 'main.ts'],
    env: { TSX_DISABLE_CACHE: '1' },
    expect: {
      processes: 2,
      nodeExecs: 2,
      natives: 1,
      threads: 1,
      portPosts: 8,
      workerPosts: 2,
      atomicsWaits: 2,
    },
    // There the loader hooks run in a thread of Node's own, which is not counted, nor are messages to it.
    expectOn: { 20: { portPosts: 6, workerPosts: 1, atomicsWaits: 1 } },
  },
  {
    id: 'nyc_wrapper',
    packages: ['nyc@17.1.0'],
    files: {
      'main.cjs':
        "const { spawnSync } = require('node:child_process');\n" +
        "const r = spawnSync(process.execPath, ['child.cjs'], { encoding: 'utf8' });\n" +
        'console.log(r.stdout.trim(), r.status);\n',
      'child.cjs': "console.log('child');\n",
    },
    removes: ['.nyc_output', 'node_modules/.cache'],
    // It writes NODE_OPTIONS and replaces spawn in every process by itself.
    command: ['node_modules/.bin/nyc', '--reporter=text-summary', 'node', 'main.cjs'],
    crashes: 'the watchdog script of foreground-child has a syntax error',
    expect: { processes: 4, nodeExecs: 4 },
  },
  {
    id: 'c8_wrapper',
    packages: ['c8@10.1.3'],
    files: {
      'main.cjs':
        "const { execFileSync } = require('node:child_process');\n" +
        "console.log(execFileSync(process.execPath, ['child.cjs'], { encoding: 'utf8' }).trim());\n",
      'child.cjs': "console.log('child');\n",
    },
    removes: ['coverage'],
    command: ['node_modules/.bin/c8', '--reporter=text-summary', 'node', 'main.cjs'],
    crashes: 'the watchdog script of foreground-child has a syntax error',
    expect: { processes: 4, nodeExecs: 4 },
  },
];
