"""The programs that are compared: for a workload and a precision the processes that can take turns at it."""
import json, os, re, shlex, signal, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN = [f'train/{name}' for name in (
    'seed-custom-32', 'seed-functional-28', 'd2l-resnet18-96', 'cifar-resnet20-32', 'cifar-resnet56-32', 'resnet18-224', 'resnet50-224',
    'resnext50-224', 'transfer-resnet50-frozen-224')]
INFER = [f'infer/{name}-b{batch}' for name in ('resnet18', 'resnet50', 'resnet152', 'resnext50_32x4d', 'densenet121') for batch in (1, 16)]


# PyTorch takes memory from the C library at every step and gives it back. The library asks the system anew for large pieces, which then come page by
# page: two thirds of a step's time on some virtual machines. So it is also measured with memory that is kept, in large pages.
KEPT_MEMORY = {'GLIBC_TUNABLES': 'glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592:glibc.malloc.hugetlb=1'}


class Process:
    """
    A program that is stopped except in its turn: it reads a number of steps and answers with the seconds of one. Signals go past `subprocess`, which would
    reap a program that has ended, and with it the memory that it needed.
    """

    def __init__(self, label, mode, command, folder=None, variables=None):
        self.label, self.mode, self.command = label, mode, command
        self.errors = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, cwd=folder, text=True, bufsize=1,
                                        env={**os.environ, **(variables or {})})
        self.ready = self.step = None

    def wait(self):
        """Waits until the program is warm; its first line, None if it failed."""
        self.ready = self.read()
        return self.ready

    def read(self):
        """The next line of JSON; None if the program has ended."""
        for line in self.process.stdout:
            if line.startswith('{'):
                os.kill(self.process.pid, signal.SIGSTOP)
                return json.loads(line)
        self.errors.seek(0)
        last = (self.errors.read().strip().splitlines() or ['no message'])[-1]
        print(f'left out, failed: {self.mode}, {shlex.join(self.command)}: {last}', file=sys.stderr, flush=True)
        return None

    def turn(self, seconds):
        """Seconds of a step, the median of as many as fit into a turn; None if the program has failed."""
        steps = max(1, round(seconds / self.step)) if self.step else 1
        os.kill(self.process.pid, signal.SIGCONT)
        try:
            print(steps, file=self.process.stdin)
        except BrokenPipeError:
            pass  # It has ended, which reading tells.
        answer = self.read()
        self.step = answer and answer['seconds']
        return self.step

    def close(self):
        """Ends the program; its peak resident memory in MB."""
        os.kill(self.process.pid, signal.SIGCONT)
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        _, self.process.returncode, usage = os.wait4(self.process.pid, 0)
        self.errors.close()
        return usage.ru_maxrss / 1024


def ours(executable, name, mode, threads):
    """This project's own program."""
    if mode == 'recompute' and not name.startswith('train/') or mode == 'int8' and not name.startswith('infer/'):
        return []
    options = {'fp32': [], 'recompute': ['--recompute']}.get(mode, ['--precision', mode])
    return [Process('ResNetSharp', mode, [executable, 'bench', name, '--turns', '--threads', str(threads), *options])]


def pytorch(python, script, name, mode, threads):
    """PyTorch in each of its ways to compute with a precision, each with memory as the C library handles it by default, and with memory that it keeps."""
    ways = {'fp32': ['eager', 'nhwc'] + (['jit'] if name.startswith('infer/') else []), 'bf16': ['bf16']}.get(mode, [])
    return [Process('PyTorch', way + kept, [python, os.path.join(HERE, 'torch_turns.py'), script, name, way, str(threads)], variables=variables)
            for way in ways for kept, variables in (('', {}), (', memory kept', KEPT_MEMORY))]


def onnx_runtime(folder, name, mode, threads):
    """ONNX Runtime, which only predicts, and here in fp32."""
    parts = re.fullmatch(r'infer/(.*)-b(\d+)', name)
    if mode != 'fp32' or not parts:
        return []
    command = ['node', os.path.join(HERE, 'ort.mjs'), os.path.join(folder, f'{parts[1]}.onnx'), parts[2], str(threads)]
    return [Process('ONNX Runtime', 'fp32', command, folder)]
