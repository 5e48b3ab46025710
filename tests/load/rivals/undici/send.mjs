// What a developer writes in an afternoon: one loop per connection, the people in memory, nothing durable.
//   node send.mjs URL TOKEN RECIPIENTS CONNECTIONS        prints {"seconds": …}
// As https://undici.nodejs.org/#/docs/api/Pool says: one Pool for one origin, as many connections as requests at
// once (it sends no second request on a busy connection), and every body is read.
import { Pool } from 'undici';
import { person, textSender } from '../cloud_api.mjs';

const [, , url, token, recipients, connections] = process.argv;
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: Number(connections) });
const send = textSender(pool, pathname, token);
const people = Array.from({ length: Number(recipients) }, (_, n) => person(n));

let next = 0;
async function sender() {
  while (next < people.length) await send(people[next++]);
}

const start = process.hrtime.bigint();
await Promise.all(Array.from({ length: Number(connections) }, sender));
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - start) / 1e9 }));
await pool.close();
