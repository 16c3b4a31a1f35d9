/** Where a ported test expects something else than CPython's, and why; and which tests are not ported. By name or its end. */
export const DIFFERENT: readonly (readonly [tests: string, here: string])[] = [
  [
    'WithThreads…',
    "threads are Python's; here they are tasks of one process (`task.run`), each an owner of its own",
  ],
  ['TestQueue.test_queue_feeder_donot_stop_onexc', 'there is no feeder thread: `put` itself rejects'],
  [
    'TestQueue.test_queue_feeder_on_queue_feeder_error',
    'the same: the rejection of `put` stands for the hook',
  ],
  [
    'WithManagerTestLock.test_lock',
    "RuntimeError, as CPython's manager; shared memory: ValueError, as CPython's",
  ],
  ['TestLock.test_lock_context', '`with` is `await lock.with(…)`, or `using guard = await lock.acquire()`'],
  ['TestBarrier.test_action', "a manager's barrier has no action: functions are not sent"],
  ['WithManagerTestBarrier.test_thousand', 'not run: each round is ten calls of the server'],
  ['TestEvent.test_repr', 'the words of `util.inspect`'],
  ['test_submit_keyword', 'there are no keyword arguments: an object as the last one'],
  ['test_max_workers_too_large', "the limit is 512 workers on each system, where CPython's is 61 on Windows"],
  ['test_crash_at_task_unpickle', 'no code runs where a value is unpacked'],
  ['test_done_callback_raises', "a warning, `ExecutorWarning`, where CPython's logger is told"],
  ['test_done_callback_already_…', 'called in a microtask, not within `addDoneCallback`'],
  ['test_multiple_set_result', 'only the executor settles a future'],
  ['TestPool.test_map_unplicklable', 'SerializationError, with the path to what cannot be sent'],
  ['TestPool.test_terminate', 'what pends rejects with BrokenPoolError, where CPython leaves it for ever'],
  ['TestPool.test_resource_warning', 'no finalizers: an error that nobody fetched is a warning at `join`'],
  ['TestPool.test_release_task_refs', 'arguments are copies, which nothing keeps'],
  ['TestPoolNotLeakOnFailure.test_release_unused_processes', 'BrokenPoolError, after a few tries'],
  ['TestProcess.test_wait_for_threads', 'for what its loop still has to do: timers, sockets'],
  ['TestProcess.test_sentinel', 'a promise of the exit code'],
  ['TestProcess.test_parent_process', 'a child ends soon after its parent, so it learns of that and ends'],
  ['TestStartMethod.test_get_all, test_set_get', "'spawn' only"],
  ['TestCloseFds.test_closefd', 'by the end of file that the parent sees'],
  ['test_free_reference', 'nothing tells when an object is collected; each result is an object of its own'],
];

export const NOT_PORTED: readonly (readonly [tests: string, why: string])[] = [
  [
    'WithManagerTestQueue.test_closed_queue_put_get_exceptions',
    'proxies have no `close`, in CPython neither',
  ],
  ['TestQueue.test_no_import_lock_contention', 'modules are imported without a lock'],
  [
    'WithManagerTestCondition.test_waitfor',
    'its state is a shared value, which CPython skips for managers too',
  ],
  [
    'ThreadPoolExecutorTest, ThreadPool…',
    'no executor of threads: worker threads share the primitives instead',
  ],
  ['…Fork…, …Forkserver…', 'Node cannot fork: spawn is the one start method'],
  [
    'InitializerMixin… log tests',
    'an initializer that fails is an error of the executor, not a record of a logger',
  ],
  [
    'FutureTests with set_result, set_exception, set_running_or_notify_cancel',
    'futures are made by executors only',
  ],
  [
    'test_interpreter_shutdown, test_thread_terminate, test_weakref…',
    'no interpreter shutdown, no finalizers of objects',
  ],
];
