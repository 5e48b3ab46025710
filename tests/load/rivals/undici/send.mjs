// What a developer writes in an afternoon: one loop per connection, the people in memory, nothing durable.
//   node send.mjs URL TOKEN RECIPIENTS CONNECTIONS        prints {"seconds": …}
// As https://undici.nodejs.org/#/docs/api/Pool says: one Pool for one origin, as many connections as requests at
// once (it sends no second request on a busy connection), and every body is read.
import { Pool } from 'undici';

const [, , url, token, recipients, connections] = process.argv;
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: Number(connections) });
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const people = Array.from({ length: Number(recipients) }, (_, n) => ({
  name: `Person ${String(n).padStart(8, '0')}`,
  phone: `+9190${String(n).padStart(8, '0')}`,
}));

let next = 0;
async function sender() {
  while (next < people.length) {
    const n = next++;
    const { name, phone } = people[n];
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
    if (statusCode !== 200 || !answer.messages[0].id) throw new Error(`${statusCode} ${JSON.stringify(answer)}`);
  }
}

const start = process.hrtime.bigint();
await Promise.all(Array.from({ length: Number(connections) }, sender));
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - start) / 1e9 }));
await pool.close();
