// Times ONNX Runtime (CPU, fp32, all graph optimizations) on one network and one batch; prints one line of JSON.
// usage, in the folder that has node_modules/onnxruntime-node: node ort.mjs FILE.onnx BATCH THREADS REPS
import { createRequire } from 'node:module';
import { basename } from 'node:path';
const require = createRequire(process.cwd() + '/');
const ort = require('onnxruntime-node');
const { version } = require('onnxruntime-node/package.json');
const [file, batch, threads, reps] = process.argv.slice(2);
const session = await ort.InferenceSession.create(file, { intraOpNumThreads: +threads, graphOptimizationLevel: 'all' });
const numbers = Float32Array.from({ length: batch * 3 * 224 * 224 }, () => Math.random() - 0.5);
const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', numbers, [+batch, 3, 224, 224]) };
const times = [];
for (let i = -2; i < +reps; i++) {
  const start = process.hrtime.bigint();
  await session.run(feeds);
  if (i >= 0) times.push(Number(process.hrtime.bigint() - start) / 1e6);
}
times.sort((a, b) => a - b);
const figure = { peer: `ONNX Runtime ${version}`, workload: `infer/${basename(file, '.onnx')}-b${batch}`, mode: 'fp32', ms_per_image: times[times.length >> 1] / batch };
console.log(JSON.stringify(figure));
