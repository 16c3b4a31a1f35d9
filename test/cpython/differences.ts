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
  [
    'TestValue, TestArray',
    "codes of C types as CPython's; a struct is `Value({ x: 'i' }, …)`, and 64 bits are bigints",
  ],
  ['TestSharedMemory…ShareableList…', 'numbers are float64s, bigints int64s; no `format`'],
  [
    'TestContainers.test_dict',
    'a `Map`: keys keep their types; a missing one is a KeyError of `getItem`, undefined of `get`',
  ],
  ['TestConnection.test_duplex_false, test_context', "OSError, as CPython's"],
  ['TestInvalidHandle.test_invalid_handles', 'ends have no numbers: a closed one stands for an invalid one'],
  ['TestWait.test_wait_integer', 'queues and processes stand for handles'],
  ['TestMyManager.test_mymanager…', 'the exit code of the server is not shown'],
  ['TestRemoteManager.test_remote', "the runtime's own serializer instead of xmlrpclib"],
  ['test_free_reference', 'nothing tells when an object is collected; each result is an object of its own'],
];

export const NOT_PORTED: readonly (readonly [tests: string, why: string])[] = [
  [
    'WithManagerTestQueue.test_closed_queue_put_get_exceptions',
    'proxies have no `close`, in CPython neither',
  ],
  [
    'TestProcess.test_process_mainthread_native_id, test_lose_target_ref',
    'no native ids of threads; no finalizers',
  ],
  [
    'TestProcess.test_error_on_stdio_flush_1, _2',
    '`sys.stdout` cannot be replaced by an object without `flush`',
  ],
  ['TestProcess.test_forkserver_…, TestForkAwareThreadLock, TestFlags', 'no fork, no forkserver'],
  ['WithManagerTestPool: callbacks, sources that throw', 'functions and iterators are not sent to a server'],
  [
    'TestPoolWorkerLifetime.test_worker_finalization_via_atexit_handler_of_multiprocessing',
    'no atexit handlers of the module',
  ],
  ['TestQueue.test_no_import_lock_contention', 'modules are imported without a lock'],
  [
    'WithManagerTestCondition.test_waitfor',
    'its state is a shared value, which CPython skips for managers too',
  ],
  [
    'TestConnection.test_fd_transfer, test_large_fd_transfer, test_missing_fd_transfer',
    'Node cannot pass descriptors on',
  ],
  [
    'TestHeap, TestFinalize, TestResourceTracker, TestNamedResource',
    'the heap, finalizers and trackers of CPython; memory here is given back by the system',
  ],
  [
    'TestPollEintr, TestStartMethod.test_preload_resources, test_mixed_startmethod',
    'signals do not interrupt calls; no forkserver, one start method',
  ],
  ['TestSyncManagerTypes.test_pool', 'the tests of WithManagerTestPool'],
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
