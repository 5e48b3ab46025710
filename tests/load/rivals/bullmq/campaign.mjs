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

const [, , path, url, token, recipients, connections] = process.argv;
const total = Number(recipients);
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: Number(connections) });
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const redis = () => new Redis({ path, maxRetriesPerRequest: null });

async function send({ data: { n, name, phone } }) {
  const { statusCode, body } = await pool.request({
    path: pathname,
    method: 'POST',
    headers,
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: phone,
      type: 'text',
      text: { body: `Hi ${name.split(' ')[0]}, the sale starts today.`, preview_url: false },
      biz_opaque_callback_data: `msg_${String(n).padStart(13, '0')}`,
    }),
  });
  const answer = await body.json();
  if (statusCode !== 200) throw new Error(`${statusCode} ${JSON.stringify(answer)}`);
  return answer.messages[0].id;
}

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
  const page = Array.from({ length: Math.min(1000, total - n) }, (_, i) => {
    const number = String(n + i).padStart(8, '0');
    return {
      name: 'send',
      data: { n: n + i, name: `Person ${number}`, phone: `+9190${number}` },
      opts: { removeOnComplete: true, attempts: 5, backoff: { type: 'exponential', delay: 1000 } },
    };
  });
  await queue.addBulk(page);
}
await finished;
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - start) / 1e9 }));
process.exit(0);
