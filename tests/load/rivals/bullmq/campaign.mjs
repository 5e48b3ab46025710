// A campaign as BullMQ's own guides build it: one job per recipient, a worker that sends it.
//   node campaign.mjs REDIS_SOCKET URL TOKEN RECIPIENTS CONNECTIONS      prints {"seconds": …}
// - addBulk in pages of 1,000: https://docs.bullmq.io/guide/queues/adding-bulks
// - one worker whose concurrency is the number of connections, for jobs that wait for the network:
//   https://docs.bullmq.io/guide/workers/concurrency. A second worker process was slower on two cores.
// - finished jobs are removed at once (https://docs.bullmq.io/guide/queues/auto-removal-of-jobs), the fastest there
//   is: unlike ours, no outcome of a message can be read afterwards.
// - Redis is started by the caller, with appendfsync always: a job that was added or finished survives a power cut.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { person, textSender } from '../cloud_api.mjs';

const [, , path, url, token, recipients, connections] = process.argv;
const total = Number(recipients);
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: Number(connections) });
const sendText = textSender(pool, pathname, token);
const send = ({ data }) => sendText(data);
const redis = () => new Redis({ path, maxRetriesPerRequest: null });

const queue = new Queue('campaign', { connection: redis() });
await queue.waitUntilReady();
const worker = new Worker('campaign', send, { connection: redis(), concurrency: Number(connections) });
await worker.waitUntilReady();
let done = 0;
const finished = new Promise((resolve, reject) => {
  worker.on('completed', () => ++done === total && resolve());
  worker.on('failed', (job, error) => reject(error));
  worker.on('error', reject);
});

const start = process.hrtime.bigint();
for (let n = 0; n < total; n += 1000) {
  const page = Array.from({ length: Math.min(1000, total - n) }, (_, i) => ({
    name: 'send',
    data: person(n + i),
    opts: { removeOnComplete: true, attempts: 5, backoff: { type: 'exponential', delay: 1000 } },
  }));
  await queue.addBulk(page);
}
await finished;
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - start) / 1e9 }));
process.exit(0);
