// Prints for each line of the standard input whether the sample accepts it.
import { readFileSync } from 'node:fs';
import { verify } from './webhook.mjs';

const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
for (const line of readFileSync(0, 'utf8').split('\n').filter((each) => each)) {
  const [key, body, ...values] = line.split('\t');
  const headers = Object.fromEntries(names.map((name, i) => [name, values[i]]).filter((each) => each[1] !== '-'));
  console.log(verify(headers, Buffer.from(body, 'base64'), key));
}
