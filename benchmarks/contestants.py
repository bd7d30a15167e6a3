"""The programs that are compared, each as a function of (workload, mode, threads, repetitions) that gives (images/s, peak MB, label) or None."""
import json, os, re, shlex, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN = [f'train/{name}' for name in (
    'seed-custom-32', 'seed-functional-28', 'd2l-resnet18-96', 'cifar-resnet20-32', 'cifar-resnet56-32', 'resnet18-224', 'resnet50-224',
    'resnext50-224', 'transfer-resnet50-frozen-224')]
INFER = [f'infer/{name}-b{batch}' for name in ('resnet18', 'resnet50', 'resnet152', 'resnext50_32x4d', 'densenet121') for batch in (1, 16)]
missing = set()


def run(command, folder=None):
    """The figures that a program prints, and its peak resident memory in MB; no figures if it fails."""
    with tempfile.TemporaryFile('w+') as output, tempfile.TemporaryFile('w+') as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        output.seek(0)
        errors.seek(0)
        if status:
            last = (errors.read().strip().splitlines() or ['no message'])[-1]
            print(f'left out, failed: {shlex.join(command)}: {last}', file=sys.stderr, flush=True)
            return [], 0
        return [json.loads(line) for line in output if line.startswith('{')], usage.ru_maxrss / 1024


def best(name, figures, memory):
    """The fastest of a workload's figures."""
    found = [(f['images_per_second'] if 'images_per_second' in f else 1000 / f['ms_per_image'], memory, f['mode']) for f in figures if f['workload'] == name]
    return max(found, default=None)


def once(attempt):
    """Does not ask again for a mode that a program does not have."""
    def asked(self, name, mode, threads, reps):
        key = (type(self).__name__, name, mode)
        result = attempt(self, name, mode, threads, reps) if key not in missing else None
        if result is None:
            missing.add(key)
        return result
    return asked


class Ours:
    label = 'ResNetSharp'

    def __init__(self, executable):
        self.command = [executable, 'bench']

    @once
    def measure(self, name, mode, threads, reps):
        options = {'fp32': [], 'recompute': ['--recompute']}.get(mode, ['--precision', mode])
        if mode == 'recompute' and not name.startswith('train/') or mode == 'int8' and not name.startswith('infer/'):
            return None
        return best(name, *run(self.command + ['--only', f'^{re.escape(name)}$', '--reps', str(reps), '--threads', str(threads)] + options))


class PyTorch:
    label = 'PyTorch'

    def __init__(self, python, script):
        self.command = [python, script]

    @once
    def measure(self, name, mode, threads, reps):
        modes = {'fp32': 'eager,nhwc' if name.startswith('train/') else 'eager,nhwc,jit', 'bf16': 'bf16'}.get(mode)
        return modes and best(name, *run(
            self.command + ['--only', f'^{re.escape(name)}$', '--reps', str(reps), '--threads', str(threads), '--modes', modes]))


class OnnxRuntime:
    label = 'ONNX Runtime'

    def __init__(self, folder):
        self.folder = folder

    @once
    def measure(self, name, mode, threads, reps):
        parts = re.fullmatch(r'infer/(.*)-b(\d+)', name)
        if mode != 'fp32' or not parts:
            return None
        file = os.path.join(self.folder, f'{parts[1]}.onnx')
        return best(name, *run(['node', os.path.join(HERE, 'ort.mjs'), file, parts[2], str(threads), str(reps)], self.folder))
