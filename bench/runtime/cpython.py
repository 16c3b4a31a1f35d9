"""CPython's side of bench/runtime.mjs: a case a line on stdin, {"us", "cpu"} a line on stdout, per operation."""
import json, os, sys, time
import multiprocessing as mp

PAYLOADS = {
    "int": (100000, lambda: 12345),
    "string": (100000, lambda: "hello world"),
    "object": (100000, lambda: {"id": 7, "name": "abc", "ok": True}),
    "1KB": (50000, lambda: b"x" * 1024),
    "64KB": (2000, lambda: b"x" * 65536),
    "1MB": (200, lambda: b"x" * 1048576),
}
TASKS = 10000
STARTS = 5
LOCK_ROUNDS = 1_000_000


def cpu_of(pids):
    """CPU seconds of all threads so far; only Linux tells."""
    total = 0
    for pid in pids:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
                    total += int(stat.read().split()[0])
        except OSError:
            pass
    return total / 1e9


def timed(count, pids, body):
    pids = [os.getpid(), *pids]
    before = cpu_of(pids)
    begin = time.perf_counter()
    body()
    took = time.perf_counter() - begin
    return {"us": took / count * 1e6, "cpu": (cpu_of(pids) - before) / count * 1e6}


def hold(lock, barrier, rounds, gate):
    barrier.wait()
    result = timed(rounds, [], lambda: pairs(lock, rounds))
    gate.send(result)


def pairs(lock, rounds):
    for _ in range(rounds):
        lock.acquire()
        lock.release()


def feed(put_name, channel, kind, gate):
    count, make = PAYLOADS[kind]
    item, put = make(), getattr(channel, put_name)
    gate.send(True)
    gate.recv()
    for _ in range(count):
        put(item)
    gate.recv()


def tell(connection):
    connection.send(True)


def lock_alone():
    return timed(LOCK_ROUNDS, [], lambda: pairs(LOCK, LOCK_ROUNDS))


def lock_contended():
    rounds, lock, barrier = LOCK_ROUNDS, mp.Lock(), mp.Barrier(2)
    gates, children = [], []
    for _ in range(2):
        here, there = mp.Pipe()
        gates.append(here)
        children.append(mp.Process(target=hold, args=(lock, barrier, rounds, there)))
    for child in children:
        child.start()
    results = [gate.recv() for gate in gates]
    for child in children:
        child.join()
    return {key: sum(result[key] for result in results) / 4 for key in ("us", "cpu")}


def transfer(put_name, channel, receive, kind):
    here, there = mp.Pipe()
    child = mp.Process(target=feed, args=(put_name, channel, kind, there))
    child.start()
    here.recv()
    count = PAYLOADS[kind][0]

    def body():
        here.send(True)
        for _ in range(count):
            receive()

    result = timed(count, [child.pid], body)
    here.send(True)
    child.join()
    return result


def queue(kind):
    channel = mp.Queue()
    return transfer("put", channel, channel.get, kind)


def pipe(kind):
    reader, writer = mp.Pipe(False)
    return transfer("send", writer, reader.recv, kind)


def start_ready():
    here, there = mp.Pipe()
    results = []
    for _ in range(STARTS):
        child = mp.Process(target=tell, args=(there,))

        def body():
            child.start()
            here.recv()

        results.append(timed(1, [], body))
        child.join()
    return sorted(results, key=lambda result: result["us"])[STARTS // 2]


def tiny(x):
    return x + 1


def pool_map(chunksize):
    pids = [process.pid for process in POOL._pool]
    return timed(TASKS, pids, lambda: POOL.map(tiny, range(TASKS), chunksize))


def manager_set_get():
    rounds, d = 2000, DICT

    def body():
        for i in range(rounds):
            d["key"] = i
            d["key"]

    return timed(rounds * 2, [MANAGER._process.pid], body)


def run(case):
    words = case.split(" ")
    if words[0] == "queue":
        return queue(words[-1])
    if words[0] == "pipe":
        return pipe(words[-1])
    return {
        "lock alone": lock_alone,
        "lock contended by 2": lock_contended,
        "start to ready": start_ready,
        "Pool.map chunksize 1": lambda: pool_map(1),
        "Pool.map automatic chunks": lambda: pool_map(None),
        "Manager dict set/get": manager_set_get,
    }[case]()


if __name__ == "__main__":
    mp.set_start_method("spawn")
    LOCK, POOL, MANAGER = mp.Lock(), mp.Pool(2), mp.Manager()
    DICT = MANAGER.dict()
    pool_map(1)
    for line in sys.stdin:
        print(json.dumps(run(line.strip())), flush=True)
    POOL.terminate()
    MANAGER.shutdown()
