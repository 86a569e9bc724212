// Verifies messages that Pinferry signed, with the libraries of Svix and of Standard Webhooks. A message with another
// body, id, time or key has to be refused. Usage: webhooks.mjs SCENE.json
import { readFileSync } from 'node:fs';
import * as standardwebhooks from 'standardwebhooks';
import * as svix from 'svix';

const scene = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const libraries = { svix: svix.Webhook, standardwebhooks: standardwebhooks.Webhook };
const otherKey = 'whsec_' + Buffer.from('another key of 24 bytes!').toString('base64');

/** Returns the headers with another value of one, under the names of both standards. */
function altered(headers, name, change) {
  const names = [`svix-${name}`, `webhook-${name}`];
  return { ...headers, ...Object.fromEntries(names.map((each) => [each, change(headers[each])])) };
}

function isTaken(Library, key, body, headers) {
  try {
    new Library(key).verify(body, headers);
    return true;
  } catch (error) {
    if (error.constructor.name !== 'WebhookVerificationError') {
      throw error;
    }
    return false;
  }
}

function changes(key, body, headers) {
  return [
    ['another body', key, body.replace('"', '" '), headers],
    ['a shorter body', key, body.slice(0, -1), headers],
    ['another id', key, body, altered(headers, 'id', (text) => text + 'x')],
    ['another time', key, body, altered(headers, 'timestamp', (text) => String(Number(text) + 1))],
    ['an old time', key, body, altered(headers, 'timestamp', (text) => String(Number(text) - 3600))],
    ['no signature', key, body, altered(headers, 'signature', () => '')],
    ['another key', otherKey, body, headers],
  ];
}

const differences = [];
let verified = 0;
let refused = 0;
for (const { headers, body } of scene.messages) {
  for (const [name, Library] of Object.entries(libraries)) {
    if (isTaken(Library, scene.signingKey, body, headers)) {
      verified++;
    } else {
      differences.push(`${name} refuses message ${headers['webhook-id']}`);
    }
    for (const [change, ...changed] of changes(scene.signingKey, body, headers)) {
      if (isTaken(Library, ...changed)) {
        differences.push(`${name} takes a message with ${change}`);
      } else {
        refused++;
      }
    }
  }
}
if (scene.messages.length === 0) {
  differences.push('no message arrived');
}

const packages = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).dependencies;
const summary = `${verified} verifications of ${scene.messages.length} messages, ${refused} changed ones refused`;
const client = Object.entries(packages).map((entry) => entry.join(' ')).join(', ');
console.log(JSON.stringify({ client, summary, differences }));
