// Calls of the documented API: /v1/openapi.json has all of them.

// The key is only here, in memory. It is never in an address, in storage or in a log.
let key = null;

export function useKey(text) {
  key = text;
}

export function hasKey() {
  return key !== null;
}

/** An answer that is no success, or no answer at all. */
export class Problem extends Error {
  constructor(status, detail, remedy, issues = []) {
    super(detail);
    this.status = status;
    this.remedy = remedy;
    this.issues = issues;
  }
}

async function send(method, path, body, signal) {
  const headers = { 'x-api-key': key ?? '' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
  }
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    });
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new Problem(0, 'Pinferry does not answer.', 'Check the network. The console tries again.');
  }
  if (answer.ok) {
    return answer;
  }
  const said = await answer.json().catch(() => ({}));
  throw new Problem(
    answer.status,
    said.detail ?? said.message ?? `Pinferry answered ${answer.status}.`,
    said.remedy,
    said.issues,
  );
}

/** Makes a path of parts, each of them escaped, and of query parameters that have a value. */
export function path(parts, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const rest = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `/v1/${parts.map(encodeURIComponent).join('/')}${rest}`;
}

export async function get(where, signal) {
  return (await send('GET', where, undefined, signal)).json();
}

/** Gets a plain list, and the token of its next page from beside it. */
export async function getList(where, signal) {
  const answer = await send('GET', where, undefined, signal);
  return { results: await answer.json(), next: answer.headers.get('x-next-page-token') };
}

export async function post(where, body, signal) {
  return (await send('POST', where, body, signal)).json();
}

export async function patch(where, body, signal) {
  return (await send('PATCH', where, body, signal)).json();
}

/** Sends a request whose answer is a plain text, such as an address. */
export async function text(method, where, body, signal) {
  return (await send(method, where, body, signal)).text();
}

/** Puts something, and returns the answer with the warnings beside it. */
export async function put(where, body, signal) {
  const answer = await send('PUT', where, body, signal);
  return { results: await answer.json(), warnings: answer.headers.get('x-pinferry-warnings') };
}

/**
 * Posts a request again with the token of its answer, until there is none. Returns how many were sent in all, by the
 * member that counts them, and those that were left.
 */
export async function postAll(where, body, counted, signal) {
  let sent = 0;
  const left = [];
  let pageToken;
  do {
    const answer = await post(where, { ...body, pageToken }, signal);
    sent += answer[counted];
    left.push(...answer.left);
    pageToken = answer.pagination.nextPageToken;
  } while (pageToken);
  return { sent, left };
}
