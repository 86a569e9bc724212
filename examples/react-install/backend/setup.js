// What the product's operator does once, with a key of the scope full: a webhook, the integration,
// and a way for the page to show who is signed in.
import { readFileSync } from 'node:fs';
import { exportPKCS8, exportSPKI, generateKeyPair } from 'jose';
import { save } from './state.js';

const [stackFile] = process.argv.slice(2);
if (!stackFile) {
  console.error('usage: npm run setup -- FILE, the one of: ./pinferry up --json FILE');
  process.exit(2);
}
const stack = JSON.parse(readFileSync(stackFile, 'utf8'));
const page = `http://127.0.0.1:${process.env.PORT ?? 5173}`;

async function call(method, path, body) {
  const answer = await fetch(`${stack.api}/v1/projects/${stack.project}${path}`, {
    method,
    headers: { 'X-Api-Key': stack.apiKey, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
  }
  return text && JSON.parse(text);
}

// The component says: "Blue Desk reads the following fields".
await call('PATCH', '', { updateMask: ['appName'], project: { appName: 'Blue Desk' } });

const DESTINATION = 'shopBackend';
const url = `${page}/backend/webhook`;
const known = (await call('GET', '/destinations')).find(({ name }) => name === DESTINATION);
if (known) {
  await call('PATCH', `/destinations/${known.id}`, {
    updateMask: ['metadata.url'],
    destination: { metadata: { url } },
  });
} else {
  await call('POST', '/destinations', { name: DESTINATION, type: 'webhook', metadata: { url } });
}
const { secrets } = await call('GET', `/destinations/${DESTINATION}?includeSecrets=true`);

const [integration] = await call('PUT', '/integrations:batch', {
  sourceYaml: readFileSync(new URL('../amp.yaml', import.meta.url), 'utf8'),
});

const keys = await generateKeyPair('RS256', { extractable: true });
const jwt = await call('POST', '/jwt-keys', {
  label: 'example',
  algorithm: 'RS256',
  publicKeyPem: await exportSPKI(keys.publicKey),
});
const frontend = await call('POST', '/api-keys', { label: 'example', scopes: ['frontend'] });

save({
  server: stack.api,
  project: stack.project,
  integration: integration.name,
  webhookSigningKey: secrets.webhookSigningKey,
  jwtKeyId: jwt.kid,
  jwtPrivateKey: await exportPKCS8(keys.privateKey),
  frontendKey: frontend.key,
});
console.log(`Ready. Now: npm run dev, and open ${page}`);
