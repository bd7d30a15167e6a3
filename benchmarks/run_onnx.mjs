// Runs ONNX Runtime on numbers from a file: node run_onnx.mjs NODE_MODULES MODEL.onnx INPUT.f32 DIMENSIONS OUTPUT.f32
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
const [modules, model, input, dimensions, output] = process.argv.slice(2);
const ort = createRequire(modules + '/')('onnxruntime-node');
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 2, logSeverityLevel: 3 });
const bytes = readFileSync(input);
const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const result = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', numbers, dimensions.split('x').map(Number)) });
writeFileSync(output, Buffer.from(new Uint8Array(result[session.outputNames[0]].data.buffer)));
