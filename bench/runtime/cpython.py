"""CPython's side of bench/runtime: prints one JSON object, microseconds per operation."""
import json, sys, time
import multiprocessing as mp

PAYLOADS = {
    "int": (20000, lambda: 12345),
    "string": (20000, lambda: "hello world"),
    "object": (20000, lambda: {"id": 7, "name": "abc", "ok": True}),
    "1KB": (10000, lambda: b"x" * 1024),
    "64KB": (2000, lambda: b"x" * 65536),
    "1MB": (200, lambda: b"x" * 1048576),
}


def hold(lock, barrier, rounds, results):
    barrier.wait()
    begin = time.perf_counter()
    for _ in range(rounds):
        lock.acquire()
        lock.release()
    results.put((time.perf_counter() - begin) / rounds * 1e6)


def put_all(queue, kind, ready):
    count, make = PAYLOADS[kind]
    item = make()
    ready.send(True)
    ready.recv()
    for _ in range(count):
        queue.put(item)


def send_all(connection, kind, ready):
    count, make = PAYLOADS[kind]
    item = make()
    ready.send(True)
    ready.recv()
    for _ in range(count):
        connection.send(item)


def tell(connection):
    connection.send(True)


def lock_alone():
    lock = mp.Lock()
    rounds = 1_000_000
    begin = time.perf_counter()
    for _ in range(rounds):
        lock.acquire()
        lock.release()
    return (time.perf_counter() - begin) / rounds * 1e6


def lock_contended():
    rounds = 300_000
    lock, barrier, results = mp.Lock(), mp.Barrier(2), mp.Queue()
    children = [mp.Process(target=hold, args=(lock, barrier, rounds, results)) for _ in range(2)]
    for child in children:
        child.start()
    times = [results.get() for _ in children]
    for child in children:
        child.join()
    return sum(times) / 2 / 2


def transfer(kind, target, channel, receive):
    here, there = mp.Pipe()
    child = mp.Process(target=target, args=(channel, kind, there))
    child.start()
    here.recv()
    here.send(True)
    count = PAYLOADS[kind][0]
    begin = time.perf_counter()
    for _ in range(count):
        receive()
    took = (time.perf_counter() - begin) / count * 1e6
    child.join()
    return took


def start_ready():
    here, there = mp.Pipe()
    times = []
    for _ in range(8):
        begin = time.perf_counter()
        child = mp.Process(target=tell, args=(there,))
        child.start()
        here.recv()
        times.append((time.perf_counter() - begin) * 1e6)
        child.join()
    return sorted(times)[len(times) // 2]


def main():
    mp.set_start_method("spawn")
    result = {"lock alone": lock_alone(), "lock contended by 2": lock_contended()}
    for kind in PAYLOADS:
        queue = mp.Queue()
        result["queue " + kind] = transfer(kind, put_all, queue, queue.get)
    for kind in PAYLOADS:
        reader, writer = mp.Pipe(False)
        result["pipe " + kind] = transfer(kind, send_all, writer, reader.recv)
    result["start to ready"] = start_ready()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
