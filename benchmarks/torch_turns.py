#!/usr/bin/env python3
"""PyTorch on one workload in one mode, measured in turn with other programs: when it is warm it prints a line of JSON, and then answers each
number of steps that it reads with the median seconds of a step.

usage: torch_turns.py TORCH_BENCH WORKLOAD MODE THREADS

TORCH_BENCH is a script that times all its workloads with a function timed(step, repetitions) and takes --only REGEX --modes M --threads N.
"""
import importlib.util, json, re, statistics, sys, time


def answer(step, _):
    """Stands in for the script's own way to time."""
    step()
    step()
    print(json.dumps({'peer': 'PyTorch'}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            times.append(time.perf_counter() - start)
        print(json.dumps({'seconds': statistics.median(times)}), flush=True)
    sys.exit()


script, workload, mode, threads = sys.argv[1:]
spec = importlib.util.spec_from_file_location('torch_bench', script)
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)
bench.timed = answer
sys.argv = [script, '--only', f'^{re.escape(workload)}$', '--modes', mode, '--threads', threads]
bench.main()
sys.exit(f'{script} has no {workload} in {mode}')
