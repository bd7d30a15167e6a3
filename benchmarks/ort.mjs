// ONNX Runtime (CPU, fp32, all graph optimizations) on one network and one batch, measured in turn with other programs: when it is warm it
// prints a line of JSON, and then answers each number of steps that it reads with the median seconds of a step.
// usage, in the folder that has node_modules/onnxruntime-node: node ort.mjs FILE.onnx BATCH THREADS
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
const require = createRequire(process.cwd() + '/');
const ort = require('onnxruntime-node');
const { version } = require('onnxruntime-node/package.json');
const [file, batch, threads] = process.argv.slice(2);
const session = await ort.InferenceSession.create(file, { intraOpNumThreads: +threads, graphOptimizationLevel: 'all' });
const numbers = Float32Array.from({ length: batch * 3 * 224 * 224 }, () => Math.random() - 0.5);
const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', numbers, [+batch, 3, 224, 224]) };
for (let i = 0; i < 2; i++) await session.run(feeds);
console.log(JSON.stringify({ peer: `ONNX Runtime ${version}` }));
for await (const steps of createInterface({ input: process.stdin })) {
  const times = [];
  for (let i = 0; i < +steps; i++) {
    const start = process.hrtime.bigint();
    await session.run(feeds);
    times.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ seconds: times[times.length >> 1] }));
}
