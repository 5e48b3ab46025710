// What every rival in Node sends: the request that our plugin makes, to the same people.

export const person = (n) => {
  const number = String(n).padStart(8, '0');
  return { n, name: `Person ${number}`, phone: `+9190${number}` };
};

// pool: of undici. The function that comes back sends to one person and gives the message's id.
export function textSender(pool, path, token) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async ({ n, name, phone }) => {
    const { statusCode, body } = await pool.request({
      path,
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
  };
}
