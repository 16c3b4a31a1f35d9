/** Situations in which a program must do under trace what it does without: shell commands. */

/** What the machine must allow. `mounts`: namespaces with mounts of their own. */
export type Need = 'root' | 'mounts' | 'network' | 'packages' | 'faketime' | 'choom' | 'tmpfs';

export interface Situation {
  readonly name: string;
  /**
   * For bash. `$NODE`: the Node; `$MAJOR`: its version; `$P`: the folder of the programs; `$W`: a folder of its own, which is the
   * working folder too.
   */
  readonly shell: string;
  readonly needs?: readonly Need[];
  /** What differs for a reason: taken out of both outputs before they are compared. */
  readonly known?: { readonly why: string; readonly what: RegExp };
  /** Takes long: only in `npm run test:long`. */
  readonly long?: boolean;
}

const plain = (name: string, shell: string): Situation => ({ name, shell });
const long = (name: string, shell: string): Situation => ({ name, shell, long: true });
const withPackages = (name: string, shell: string): Situation => ({
  name,
  shell,
  needs: ['packages'],
  long: true,
});
const needing = (needs: readonly Need[], name: string, shell: string): Situation => ({ name, shell, needs });

const LIMITS: readonly Situation[] = [
  long('open files 32', 'ulimit -n 32; $NODE $P/ipc.cjs'),
  long('open files 24', 'ulimit -n 24; $NODE $P/ipc.cjs'),
  {
    ...plain('open files 20', 'ulimit -n 20; $NODE $P/simple.cjs'),
    known: {
      why: 'from Node 22 on no descriptor is left for the first file that Node looks for: of the preload, not of the program',
      what: /^node:[\s\S]*too many open files[\s\S]*$/,
    },
  },
  long('address space', 'ulimit -v 1500000; $NODE --max-old-space-size=64 $P/simple.cjs'),
  plain('no file may be written', 'ulimit -f 0; $NODE $P/ipc.cjs'),
  long('files of 8 KB at most', 'ulimit -f 16; $NODE $P/ipc.cjs'),
  plain('a small stack', 'ulimit -s 512; $NODE $P/simple.cjs'),
  plain('a mask that denies everything', 'umask 777; $NODE $P/ipc.cjs'),
  plain('a small heap', '$NODE --max-old-space-size=64 $P/ipc.cjs'),
  long(
    'a heap that overflows',
    '$NODE --max-old-space-size=30 -e "const a=[];for(;;)a.push({x:new Array(100)})" 2>/dev/null; echo $?',
  ),
  needing(['choom'], 'first to be killed', 'choom -n 500 -- $NODE $P/simple.cjs'),
];

const ENVIRONMENT: readonly Situation[] = [
  plain('nothing special', '$NODE $P/ipc.cjs'),
  long('HOME unset', 'unset HOME; $NODE $P/ipc.cjs'),
  long('HOME that is not there', 'HOME=/nonexistent $NODE $P/ipc.cjs'),
  plain('TMPDIR that is not there', 'TMPDIR=/nonexistent $NODE $P/ipc.cjs'),
  plain('a minimal environment', 'env -i PATH=$PATH NODE_OPTIONS="$NODE_OPTIONS" $NODE $P/ipc.cjs'),
  plain('variables deleted', '$NODE $P/envdel.cjs'),
  plain('variables frozen', '$NODE $P/envfreeze.cjs'),
  long('workers with variables of their own', '$NODE $P/wenv.cjs'),
];

const FOLDERS: readonly Situation[] = [
  plain('a folder of the kernel', 'cd /proc && $NODE $P/ipc.cjs'),
  needing(
    ['mounts'],
    'a read-only folder',
    'unshare -m sh -c "mkdir ro && mount -t tmpfs -o ro none ro && cd ro && $NODE $P/ipc.cjs"',
  ),
  needing(
    ['mounts'],
    'a full folder',
    'unshare -m sh -c "mkdir t && mount -t tmpfs -o size=64k none t && cd t && { dd if=/dev/zero of=f bs=1k count=64 2>/dev/null; $NODE $P/ipc.cjs; }"',
  ),
  {
    ...plain('a folder that is gone', '$NODE $P/chdir.cjs'),
    known: {
      why: 'a worker cannot start there; with any preload Node finds another error first',
      what: /(ENOENT|ERR_INVALID_URL)(?=\nexit 1)/,
    },
  },
];

const STDIO: readonly Situation[] = [
  long('stdin closed', '$NODE $P/ipc.cjs <&-'),
  long('stdout closed', '$NODE $P/ipc.cjs >&-'),
  plain('stderr closed', '$NODE $P/ipc.cjs 2>&-'),
  plain('all closed', '$NODE $P/simple.cjs <&- >&- 2>&-; echo rc $?'),
  long('head', '$NODE $P/many.cjs | head -1; echo "${PIPESTATUS[0]}"'),
  long('head of one byte', '$NODE $P/simple.cjs | head -c 1; echo'),
  long('SIGPIPE ignored', 'trap "" PIPE; $NODE $P/many.cjs | head -1'),
  plain('a full device', '$NODE $P/simple.cjs > /dev/full; echo rc $?'),
  long('stdin', 'echo hello | $NODE $P/stdinecho.cjs'),
  long('stdin from nothing', '$NODE $P/stdinecho.cjs </dev/null'),
  plain(
    'script on stdin',
    `echo "require('child_process').spawnSync('true'); console.log(__filename)" | $NODE -`,
  ),
  long('print', '$NODE -p "[process.argv.length, process.execArgv.join()].join()" x'),
  long(
    'REPL',
    'printf "1+1\\nrequire(\\"child_process\\").execSync(\\"echo a\\").toString()\\n.exit\\n" | $NODE -i',
  ),
  plain('inherited descriptors', '$NODE $P/fdcount.cjs'),
];

const STARTED_BY: readonly Situation[] = [
  long('nice', 'nice -n 15 $NODE $P/ipc.cjs'),
  long('timeout', 'timeout 30 $NODE $P/simple.cjs'),
  long(
    'timeout that kills',
    `timeout -s KILL 1 $NODE -e "require('child_process').spawn('sleep',['0.1']); setInterval(()=>{},1e3)"; echo $?`,
  ),
  long(
    'timeout that terminates',
    `timeout 1 $NODE -e "process.on('SIGTERM',()=>{console.log('t');process.exit(9)}); setInterval(()=>{},1e3)"; echo $?`,
  ),
  long('setsid', 'setsid -w $NODE $P/simple.cjs'),
  long('nohup', 'nohup $NODE $P/simple.cjs 2>&1 | grep -v nohup; true'),
  long('a chain of exec', '$NODE $P/chain.cjs; echo $?'),
  plain('execve', '$NODE $P/execve.cjs; echo $?'),
  plain('a signal to itself', '$NODE $P/sig.cjs; echo $?'),
  plain('abort', 'ulimit -c 0; $NODE $P/abort.cjs 2>/dev/null; echo $?'),
  long('twenty children', '$NODE $P/quick.cjs'),
  long('cluster', '$NODE $P/cluster.cjs | sort'),
  long('an ES module in a worker', '$NODE $P/esmw.mjs'),
  plain('uncaught', '$NODE $P/uncaught.cjs'),
];

/** `nobody` can enter `$W`; the programs that it runs are copied there, since a checkout may be private. */
const OPEN = 'chmod 755 $W; cp $P/*.cjs $W/; cd /';
const AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups';

const USERS: readonly Situation[] = [
  needing(['root'], 'setuid', `${OPEN}; $NODE $W/setuid.cjs`),
  needing(['root'], 'a child with a uid', `${OPEN}; $NODE $W/spawn-uid.cjs`),
  needing(['root'], 'workers after setuid', `${OPEN}; $NODE $W/worker-uid.cjs`),
  needing(['root'], 'setpriv', `${OPEN}; ${AS_NOBODY} $NODE $W/ipc.cjs`),
  needing(['root'], 'setpriv without a home', `${OPEN}; env -u HOME ${AS_NOBODY} $NODE $W/simple.cjs`),
  needing(['root'], 'su', `${OPEN}; su -s /bin/sh nobody -c "$NODE $W/ipc.cjs"`),
  needing(['root'], 'runuser', `${OPEN}; runuser -u nobody -- $NODE $W/ipc.cjs`),
  needing(
    ['root'],
    'su by Node',
    `${OPEN}; $NODE -e "process.exitCode = require('child_process').spawnSync('su', ['-s', '/bin/sh', 'nobody', '-c', process.execPath + ' ' + process.env.W + '/simple.cjs'], { stdio: 'inherit' }).status"`,
  ),
];

const NAMESPACES: readonly Situation[] = [
  needing(['mounts'], 'no network', 'unshare -n $NODE $P/ipc.cjs'),
  needing(['mounts'], 'processes of its own', 'unshare -pf --mount-proc $NODE $P/ipc.cjs'),
  needing(
    ['mounts'],
    'a private home',
    `${OPEN}; unshare -m sh -c "mount -t tmpfs none /root && $NODE $W/simple.cjs"`,
  ),
  needing(
    ['mounts'],
    'private home and temporary folders',
    `mkdir -p /run/situation-$$ && cp $P/*.cjs $NODE /run/situation-$$/ && cd / && unshare -m sh -c "for d in /root /home /tmp /var/tmp /var/cache; do mount -t tmpfs none \\$d; done; /run/situation-$$/node /run/situation-$$/simple.cjs"; r=$?; rm -rf /run/situation-$$; exit $r`,
  ),
  needing(
    ['mounts'],
    'the same, started by Node',
    `mkdir -p /run/situation-$$ && cp $P/*.cjs $NODE /run/situation-$$/ && cd / && D=/run/situation-$$ $NODE -e "const { D } = process.env; process.exitCode = require('child_process').spawnSync('unshare', ['-m', 'sh', '-c', 'for d in /root /home /tmp /var/tmp /var/cache; do mount -t tmpfs none \\$d; done; ' + D + '/node ' + D + '/simple.cjs'], { stdio: 'inherit' }).status"; r=$?; rm -rf /run/situation-$$; exit $r`,
  ),
  needing(
    ['mounts'],
    'a root of its own',
    'mkdir -p r && unshare -m sh -c "mount -t tmpfs none r && for d in usr bin lib lib64 proc dev; do mkdir r/\\$d && { test -L /\\$d && { rmdir r/\\$d; cp -P /\\$d r/\\$d; } || mount --rbind /\\$d r/\\$d; }; cp $NODE r/node && cp $P/simple.cjs r/ && cd / && chroot $W/r /node /simple.cjs"',
  ),
  needing(
    ['mounts'],
    'a read-only system',
    'unshare -m sh -c "mount --make-rprivate / && mount -o remount,bind,ro / && $NODE $P/simple.cjs"',
  ),
  needing(
    ['mounts'],
    'temporary folders without execution',
    'unshare -m sh -c "mount -o remount,bind,noexec /tmp 2>/dev/null || { mount --bind /tmp /tmp && mount -o remount,bind,noexec /tmp; }; $NODE $P/ipc.cjs"',
  ),
  needing(['mounts'], 'a user namespace', 'unshare -rm $NODE $P/ipc.cjs'),
];

const FLAGS: readonly Situation[] = [
  plain('frozen intrinsics', '$NODE --frozen-intrinsics $P/frozen.cjs'),
  long('no eval', '$NODE --disallow-code-generation-from-strings $P/frozen.cjs'),
  plain('no addons', '$NODE --no-addons $P/frozen.cjs'),
  long('no compiler', '$NODE --jitless $P/frozen.cjs'),
  long('__proto__ throws', '$NODE --disable-proto=throw $P/frozen.cjs'),
  long('__proto__ deleted', '$NODE --disable-proto=delete $P/frozen.cjs'),
  plain(
    'permissions',
    '$NODE $([ $MAJOR -ge 23 ] && echo --permission || echo --experimental-permission) --allow-fs-read=* --allow-child-process --allow-worker $P/frozen.cjs',
  ),
  plain(
    'few permissions',
    `$NODE $([ $MAJOR -ge 23 ] && echo --permission || echo --experimental-permission) --allow-fs-read=$P/ -e "try{require('fs').writeFileSync('/tmp/attx','1')}catch(e){console.log(e.code)} try{require('child_process').spawnSync('ls')}catch(e){console.log(e.code)} try{new (require('worker_threads').Worker)('',{eval:true})}catch(e){console.log(e.code)}"`,
  ),
  plain(
    'deprecations throw',
    '$NODE --pending-deprecation --trace-deprecation --throw-deprecation $P/frozen.cjs',
  ),
  long('traced warnings', '$NODE --trace-warnings --unhandled-rejections=strict $P/frozen.cjs'),
  long('source maps', '$NODE --enable-source-maps $P/uncaught.cjs'),
  long('no stack traces', '$NODE --stack-trace-limit=0 $P/uncaught.cjs'),
  long('links preserved', '$NODE --preserve-symlinks --preserve-symlinks-main $P/frozen.cjs'),
  long('old OpenSSL', '$NODE --openssl-legacy-provider $P/frozen.cjs'),
  long(
    'warnings to a file',
    '$NODE --redirect-warnings=$W/warn.txt $P/frozen.cjs; cat $W/warn.txt 2>/dev/null',
  ),
  long(
    'check',
    '$NODE --check $P/ipc.cjs; echo $?; echo "syntax error(" > $W/x.cjs; $NODE --check $W/x.cjs 2>&1 | grep -c SyntaxError',
  ),
  long('profile', 'cd $W; $NODE --cpu-prof --cpu-prof-dir=$W/prof $P/ipc.cjs; ls $W/prof | wc -l'),
  long(
    'profile of V8',
    'cd $W; $NODE --prof --logfile=$W/v8.log --no-logfile-per-isolate $P/simple.cjs; test -s $W/v8.log && echo yes',
  ),
  long(
    'coverage',
    'cd $W; NODE_V8_COVERAGE=$W/cov $NODE $P/ipc.cjs; ls $W/cov | wc -l; cat $W/cov/*.json | grep -c forkscope',
  ),
  long('watch', 'cd $W; (timeout -s INT 6 $NODE --watch $P/watch.cjs) | grep -c watched'),
  long(
    'test runner',
    `echo "const {test}=require('node:test');test('a',()=>{});test('b',()=>{throw 1})" > $W/a.test.cjs; cd $W; $NODE --test --test-reporter=tap a.test.cjs | grep -E "^# (tests|pass|fail)"`,
  ),
  long(
    'report on a signal',
    `cd $W; $NODE --report-on-signal --report-dir=$W -e "process.kill(process.pid,'SIGUSR2'); setTimeout(()=>console.log(require('fs').readdirSync('.').filter(f=>/^report/.test(f)).length),1500)" 2>/dev/null`,
  ),
];

const INSIDE: readonly Situation[] = [
  long('bindings of Node', '$NODE $P/binding.cjs'),
  long('diagnostics channels', '$NODE $P/diag.cjs | sort'),
  long('contexts', '$NODE $P/vmc.cjs'),
  long('a domain', '$NODE $P/domain.cjs'),
  {
    ...plain('async hooks', '$NODE $P/ahooks.cjs'),
    known: { why: "the tracer's own timers are timers, which async_hooks tells of", what: /Timeout \d+/ },
  },
  long('heap snapshot', '$NODE $P/heap.cjs'),
  long('inspector', '$NODE $P/insp.cjs 2>/dev/null'),
  long('limits of workers', '$NODE $P/wlim.cjs'),
  long('process by a proxy', '$NODE $P/procrep.cjs'),
  plain('no global process', '$NODE $P/procnull.cjs; echo $?'),
  plain('prototypes with more', '$NODE $P/evilproto.cjs'),
  plain('primordials throw', '$NODE $P/primordials.cjs; echo $?'),
  plain('primordials lie, exit', '$NODE $P/primordials-exit.cjs; echo $?'),
  plain('primordials throw, natural end', '$NODE $P/primordials-natural.cjs; echo $?'),
  plain('primordials lie, exception', '$NODE $P/primordials-throw.cjs; echo $?'),
  {
    ...plain('what a program sees of itself', '$NODE $P/reqcache.cjs'),
    known: {
      why: 'a symbol on the global object keeps two copies of the tracer from tracing one process',
      what: /^\d+(?= \d+ \d+$)/m,
    },
  },
];

const LIBRARIES: readonly Situation[] = [
  withPackages('ses', '$NODE $P/ses.cjs'),
  withPackages('ses, strict', '$NODE $P/ses2.cjs'),
  withPackages('graceful-fs', '$NODE $P/graceful.cjs'),
  withPackages('cls-hooked', '$NODE $P/clsh.cjs'),
  withPackages('OpenTelemetry', '$NODE $P/otel.cjs'),
  withPackages('import-in-the-middle', '$NODE $P/iitm.mjs'),
  withPackages('require-in-the-middle', '$NODE $P/ritm.cjs'),
  {
    ...withPackages('why-is-node-running', '$NODE $P/why.mjs'),
    known: {
      why: 'frames of the tracer stand in stacks that a program takes itself, and push the tenth of its own out',
      what: /^.*(?:\/core-shim\.cjs|wasm\/forkscope).*\n|(?<=# PIPEWRAP\n).*\n| +(?= - )/gm,
    },
  },
  withPackages('source-map-support', '$NODE $P/smap.cjs'),
  withPackages('longjohn', '$NODE $P/longjohn.cjs'),
  withPackages('proxyquire', '$NODE $P/proxyq.cjs'),
  withPackages('mock-fs', '$NODE $P/mockfs.cjs'),
  withPackages('sinon, timers', '$NODE $P/sinonc.cjs'),
  withPackages('sinon, stubs', '$NODE $P/sinonstub.cjs'),
  withPackages('jsdom', '$NODE $P/jsdomg.cjs'),
];

export const SITUATIONS: readonly Situation[] = [
  ...ENVIRONMENT,
  ...FOLDERS,
  ...LIMITS,
  ...STDIO,
  ...STARTED_BY,
  ...USERS,
  ...NAMESPACES,
  ...FLAGS,
  ...INSIDE,
  ...LIBRARIES,
];
