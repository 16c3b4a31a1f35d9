/** Which of CPython's tests are ported, by the program that runs them and by CPython's class. Checked against what runs. */
const CLASSES = {
  barriers: {
    WithProcessesTestBarrier:
      'abort abort_and_reset action barrier barrier_10 default_timeout reset single_thread thousand timeout wait_return',
    WithThreadsTestBarrier:
      'abort abort_and_reset action barrier barrier_10 default_timeout reset single_thread thousand timeout wait_return',
    WithManagerTestBarrier:
      'abort abort_and_reset barrier barrier_10 default_timeout reset single_thread timeout wait_return',
  },
  connections: {
    WithProcessesTestConnection: 'connection context duplex_false sendbytes spawn_close',
    WithThreadsTestConnection: 'connection context duplex_false sendbytes',
    WithProcessesTestPoll: 'boundaries dont_merge empty_string strings',
    WithProcessesTestListener: 'abstract_socket context multiple_bind',
    WithProcessesTestListenerClient: 'issue14725 issue16955 listener_client',
    WithProcessesTestPicklingConnections: 'access pickling',
    TestInvalidFamily: 'invalid_family',
    TestInvalidHandle: 'invalid_handles',
    OtherTest: 'answer_challenge_auth_failure deliver_challenge_auth_failure',
    TestTimeouts: 'timeout',
    TestIgnoreEINTR: 'ignore ignore_listener',
  },
  data: {
    WithProcessesTestValue: 'getobj_getlock rawvalue value',
    WithProcessesTestArray: 'array array_from_size rawarray',
    WithProcessesTestSharedCTypes: 'copy sharedctypes synchronize',
    WithProcessesTestSharedMemory:
      'invalid_shared_memory_cration shared_memory_ShareableList_basics shared_memory_ShareableList_pickling shared_memory_ShareableList_pickling_dead_object shared_memory_SharedMemoryManager_basics shared_memory_across_processes shared_memory_basics shared_memory_pickle_unpickle shared_memory_pickle_unpickle_dead_object shared_memory_recreate',
  },
  futures: {
    ProcessPoolExecutorTest:
      'executor_map_current_future_cancel free_reference idle_process_reuse_multiple idle_process_reuse_one killed_child map map_chunksize map_exception map_timeout max_workers_negative max_workers_too_large ressources_gced_in_workers saturation shutdown_race_issue12456 submit submit_keyword traceback',
    ProcessPoolSpawnProcessPoolShutdownTest:
      'cancel_futures cancel_futures_wait_false context_manager_shutdown hang_issue12364 max_tasks_early_shutdown max_tasks_per_child processes_terminate run_after_shutdown shutdown_no_wait submit_after_interpreter_shutdown',
    ProcessPoolSpawnInitializerTest: 'initializer',
    ProcessPoolSpawnFailingInitializerTest: 'initializer',
    ProcessPoolSpawnExecutorDeadlockTest:
      'crash_during_func_exec_on_worker error_at_task_pickle error_during_func_exec_on_worker error_during_result_pickle_on_worker exit_during_func_exec_on_worker',
    ProcessPoolSpawnWaitTest:
      '20369 all_completed first_completed first_completed_some_already_completed first_exception first_exception_one_already_failed first_exception_some_already_complete timeout',
    ProcessPoolSpawnAsCompletedTest:
      'correct_timeout_exception_msg duplicate_futures no_timeout nonzero_timeout zero_timeout',
    FutureTests:
      'cancel cancelled done done_callback_already_cancelled done_callback_already_failed done_callback_already_successful done_callback_raises done_callback_raises_already_succeeded done_callback_with_cancel done_callback_with_exception done_callback_with_result exception_with_success exception_with_timeout multiple_set_result repr result_with_cancel result_with_success result_with_timeout running',
  },
  locks: {
    WithProcessesTestLock: 'lock lock_context rlock',
    WithThreadsTestLock: 'lock lock_context rlock',
    WithManagerTestLock: 'lock lock_context rlock',
    WithProcessesTestSemaphore: 'bounded_semaphore semaphore timeout',
    WithThreadsTestSemaphore: 'bounded_semaphore semaphore timeout',
    WithManagerTestSemaphore: 'bounded_semaphore semaphore timeout',
    WithProcessesTestEvent: 'event repr',
    WithThreadsTestEvent: 'event repr',
    WithManagerTestEvent: 'event',
    WithProcessesTestCondition: 'notify notify_all notify_n timeout wait_result waitfor waitfor_timeout',
    WithThreadsTestCondition: 'notify notify_all notify_n timeout wait_result waitfor waitfor_timeout',
    WithManagerTestCondition: 'notify notify_all notify_n timeout wait_result waitfor_timeout',
    SemLockTests: 'semlock_subclass',
    WithProcessesTestArray: 'getobj_getlock_obj',
  },
  managers: {
    WithManagerTestContainers:
      'dict dict_iter dict_proxy_nested list list_iter list_proxy_in_list namespace nested_queue',
    TestSyncManagerTypes:
      'array barrier bounded_semaphore condition dict event joinable_queue list lock namespace queue rlock semaphore value',
    WithProcessesTestMyManager: 'mymanager mymanager_context mymanager_context_prestarted',
    WithProcessesTestRemoteManager: 'remote',
    WithProcessesTestManagerRestart: 'rapid_restart',
  },
  pools: {
    WithProcessesTestPool:
      'apply async async_timeout context empty_iterable enter imap imap_handle_iterable_exception imap_unordered imap_unordered_handle_iterable_exception make_pool map map_async map_async_callbacks map_chunksize map_handle_iterable_exception map_no_failfast map_unplicklable release_task_refs resource_warning starmap starmap_async terminate traceback wrapped_exception',
    WithManagerTestPool:
      'apply async async_timeout empty_iterable imap imap_unordered map map_async map_no_failfast release_task_refs starmap starmap_async traceback',
    WithProcessesTestPoolWorkerErrors: 'async_error_callback unpickleable_result',
    WithProcessesTestPoolWorkerLifetime:
      'pool_maxtasksperchild_invalid pool_worker_lifetime pool_worker_lifetime_early_close',
    TestInitializers: 'pool_initializer',
    TestPoolNotLeakOnFailure: 'release_unused_processes',
  },
  processes: {
    WithProcessesTestProcess:
      'active_children args_argument child_fd_inflation close cpu_count current daemon_argument kill many_processes parent_process parent_process_attributes process recursion sentinel set_executable terminate wait_for_threads',
  },
  queues: {
    WithProcessesTestQueue:
      'closed_queue_put_get_exceptions fork get put qsize queue_feeder_donot_stop_onexc queue_feeder_on_queue_feeder_error task_done timeout',
    WithThreadsTestQueue:
      'closed_queue_put_get_exceptions fork get put qsize queue_feeder_donot_stop_onexc task_done timeout',
    WithManagerTestQueue: 'fork get put qsize task_done timeout',
    TestSimpleQueue: 'close closed empty',
  },
  starting: {
    WithProcessesTestSubclassingProcess: 'stderr_flush subclassing sys_exit',
    TestStartMethod: 'context context_check_module_types get_all nested_startmethod set_get',
    WithProcessesTestImportStar: 'import',
    WithProcessesTestLogging: 'enable_logging level',
    TestStdinBadfiledescriptor: 'flushing pool_in_process queue_in_process',
    TestNoForkBomb: 'noforkbomb',
    TestCloseFds: 'closefd',
    MiscTestCase: '_all__',
    TestInitializers: 'manager_initializer',
  },
  waits: {
    TestWait: 'neg_timeout wait wait_integer wait_slow wait_socket wait_socket_slow wait_timeout',
  },
} as const;

type Program = keyof typeof CLASSES;

/** Full names, by program. */
export const PORTED = Object.fromEntries(
  Object.entries(CLASSES).map(([program, classes]) => [
    program,
    Object.entries(classes).flatMap(([name, tests]) =>
      tests.split(' ').map((test) => `${name}.test_${test}`),
    ),
  ]),
) as Record<Program, string[]>;
