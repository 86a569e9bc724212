// The part of a product's back end that the page needs.
import { importPKCS8, SignJWT } from 'jose';
import { Webhook } from 'standardwebhooks';
import { load } from './state.js';

const MESSAGES_MAX = 50;
const BODY_BYTES_MAX = 1 << 20;
const TOKEN_SECONDS = 300;

/**
 * Returns who is signed in. Your product knows from its session; in this example everyone who can
 * type a name is who they say, and each has a shop of their own.
 */
function userOf(request) {
  const name = /(?:^|; *)user=([a-z]{1,20})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1] ?? 'ana';
  const shown = name[0].toUpperCase() + name.slice(1);
  return {
    groupRef: `shop-of-${name}`,
    groupName: `${shown}'s Shop`,
    consumerRef: name,
    consumerName: shown,
  };
}

/** Returns a handler of requests, as Connect and Express take it. */
export function backend() {
  const state = load();
  const webhook = new Webhook(state.webhookSigningKey);
  const messages = new Map();
  const key = importPKCS8(state.jwtPrivateKey, 'RS256');

  const routes = {
    'GET /session': async (request) => ({
      user: userOf(request),
      project: state.project,
      integration: state.integration,
      frontendKey: process.env.PINFERRY_AUTH === 'key' ? state.frontendKey : undefined,
    }),

    // The token says whose data the page may see. That is taken from the session, never from what
    // the page asks for, or every customer could be another one.
    'POST /token': async (request) => {
      const { groupRef, consumerRef } = userOf(request);
      return new SignJWT({ groupRef, consumerRef })
        .setProtectedHeader({ alg: 'RS256', kid: state.jwtKeyId })
        .setSubject(consumerRef)
        .setIssuedAt()
        .setExpirationTime(`${TOKEN_SECONDS}s`)
        .sign(await key);
    },

    'POST /webhook': async (request) => {
      const body = await read(request);
      try {
        webhook.verify(body, request.headers);
      } catch {
        throw refusal(401, 'the signature is not right');
      }
      const message = JSON.parse(body);
      // The same content has the same id, however often it comes.
      const id = request.headers['webhook-id'];
      if (message.action === 'read' && !messages.has(id)) {
        messages.set(id, {
          id,
          at: new Date().toISOString(),
          groupRef: message.groupRef,
          objectName: message.objectName,
          readType: message.readType,
          records: message.resultInfo.numRecords,
          first: message.result?.[0],
        });
        if (messages.size > MESSAGES_MAX) {
          messages.delete(messages.keys().next().value);
        }
      }
      return undefined;
    },

    'GET /messages': async (request) => {
      const { groupRef } = userOf(request);
      return [...messages.values()].filter((message) => message.groupRef === groupRef).reverse();
    },
  };

  return async (request, response) => {
    const [path] = request.url.split('?');
    try {
      const route = routes[`${request.method} ${path}`];
      if (!route) {
        throw refusal(404, 'there is nothing at this address');
      }
      const answer = await route(request);
      if (typeof answer === 'object') {
        send(response, 200, 'application/json', JSON.stringify(answer));
      } else {
        send(response, answer === undefined ? 204 : 200, 'text/plain', answer ?? '');
      }
    } catch (failure) {
      if (!failure.status) {
        console.error(failure);
      }
      send(response, failure.status ?? 500, 'text/plain', failure.status ? failure.message : 'failed');
    }
  };
}

async function read(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) {
      throw refusal(413, 'the body is too large');
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function refusal(status, message) {
  return Object.assign(new Error(message), { status });
}

function send(response, status, type, body) {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(body);
}
