// One installation: its connection, its objects, and its last operations.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const REFRESH_MILLIS = 2000;
const PAGE_SIZE = 25;

export async function installation(page) {
  const [integrationId, id] = page.rest;
  const base = ['integrations', integrationId, 'installations', id];
  const token = page.query.get('pageToken') ?? '';
  await page.repeat(REFRESH_MILLIS, async () => {
    const [found, last, integration, shown] = await Promise.all([
      page.get(base),
      page.get([...base, 'operations'], { pageSize: 100 }),
      page.get(['integrations', integrationId]),
      token ? page.get([...base, 'operations'], { pageSize: PAGE_SIZE, pageToken: token }) : null,
    ]);
    const first = { results: last.results.slice(0, PAGE_SIZE), pagination: last.pagination };
    const state = { found, last, integration, token, list: shown ?? (await firstPage(page, base, last, first)) };
    page.show(parts.customer(found), view(page, base, state));
    return true;
  });
}

/** Returns the first page of operations, with a request only if there is a second one. */
async function firstPage(page, base, last, first) {
  return last.results.length > PAGE_SIZE ? page.get([...base, 'operations'], { pageSize: PAGE_SIZE }) : first;
}

function view(page, base, { found, last, integration, token, list }) {
  const where = (pageToken) => page.to(['installations', ...page.rest], { pageToken });
  return html`
    ${found.connection.status === 'bad_credentials'
      ? html`<div class="notice bad">
          <p><strong>Pinterest refuses the tokens of this account.</strong></p>
          <p>The customer must connect again. Nothing is read until then.</p>
        </div>`
      : nothing}
    <section aria-labelledby="objects">
      <h2 id="objects">Objects</h2>
      ${objects(page, base, found, last)}
    </section>
    <section aria-labelledby="connection">
      <h2 id="connection">Connection</h2>
      ${connection(found, integration)}
    </section>
    <section aria-labelledby="operations">
      <h2 id="operations">Operations</h2>
      ${list.results.length === 0 ? parts.empty('There is none yet.') : tables.operations(page, list.results, null)}
      ${parts.pages(where(''), list.pagination.nextPageToken ? where(list.pagination.nextPageToken) : null, token)}
    </section>
  `;
}

function objects(page, base, found, last) {
  const all = parts.objects(found);
  if (all.length === 0) {
    return parts.empty('This installation reads nothing.');
  }
  const newest = (object) =>
    last.results.find((one) => one.actionType === 'read' && one.metadata.objects?.includes(object.objectName));
  return tables.table(
    'Objects',
    [
      ['Object', (one) => html`<strong>${one.objectName}</strong>`, 'main'],
      ['State', (one) => (one.disabled ? parts.badge('warn', 'Paused') : parts.badge('good', 'Reading'))],
      ['Schedule', (one) => (one.schedule ? html`<code>${one.schedule}</code>` : 'On request')],
      ['Destination', (one) => html`<a href=${page.to(['destinations'])}>${one.destination ?? '–'}</a>`],
      ['Last read', (one) => lastRead(page, newest(one))],
      [
        'Action',
        (one) =>
          html`<button ?disabled=${one.disabled} aria-label=${`Read ${one.objectName} now`}
            @click=${() => read(page, base, one.objectName)}>Read now</button>`,
        'action',
      ],
    ],
    all,
  );
}

function lastRead(page, operation) {
  if (!operation) {
    return 'None yet';
  }
  return html`${parts.operationStatus(operation.status)}
    <a href=${page.to(['operations', operation.id])}>${parts.ago(operation.createTime)}</a>`;
}

async function read(page, base, objectName) {
  await page.act(async () => {
    const path = `${page.path([...base, 'objects', objectName])}:read`;
    const { operationId } = await api.post(path, undefined, page.signal);
    location.hash = page.to(['operations', operationId]);
  });
}

function connection(found, integration) {
  const { connection: it } = found;
  return parts.facts([
    ['State', parts.connectionStatus(it.status)],
    ['Customer', `${parts.customer(found)} (${found.group.groupRef})`],
    ['Connected by', it.consumer.consumerName || it.consumer.consumerRef],
    ['Account', it.providerWorkspaceRef],
    ['Account id', it.providerConsumerRef],
    ['Connected', parts.exact(it.createTime)],
    ['Integration', integration.name],
    ['Installed', parts.exact(found.createTime)],
    ['Proxy', found.config.content.proxy?.enabled ? 'Open' : 'Closed'],
    ['Writes', Object.keys(found.config.content.write?.objects ?? {}).join(', ')],
    ['Installation id', html`<code>${found.id}</code>`],
    ['Granted scopes', scopes(it.grantedScopes), 'full'],
  ]);
}

function scopes(list) {
  return list?.length > 0 ? html`${list.map((one) => html`<code>${one}</code> `)}` : undefined;
}
