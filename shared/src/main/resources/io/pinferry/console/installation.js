// One installation: its connection, its objects, and its last operations.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import { budgets } from '/console/budgets.js';
import * as journey from '/console/journey.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const REFRESH_MILLIS = 2000;
const PAGE_SIZE = 25;

export async function installation(page) {
  const [integrationId, id] = page.rest;
  const base = ['integrations', integrationId, 'installations', id];
  const token = page.query.get('pageToken') ?? '';
  const state = { base, token, link: null };
  await page.repeat(REFRESH_MILLIS, async () => {
    const [found, last, integration, shown, { budgets: limits }] = await Promise.all([
      page.get(base),
      page.get([...base, 'operations'], { pageSize: 100 }),
      page.get(['integrations', integrationId]),
      token ? page.get([...base, 'operations'], { pageSize: PAGE_SIZE, pageToken: token }) : null,
      page.get([...base, 'budgets']),
    ]);
    const first = { results: last.results.slice(0, PAGE_SIZE), pagination: last.pagination };
    const list = shown ?? (await firstPage(page, base, last, first));
    Object.assign(state, { found, last, integration, limits, list });
    if (found.connection.status !== 'bad_credentials') {
      state.link = null;
    }
    draw(page, state);
    return true;
  });
}

function draw(page, state) {
  page.show(parts.customer(state.found), view(page, state));
}

/** Returns the first page of operations, with a request only if there is a second one. */
async function firstPage(page, base, last, first) {
  return last.results.length > PAGE_SIZE ? page.get([...base, 'operations'], { pageSize: PAGE_SIZE }) : first;
}

function view(page, state) {
  const { found, integration, limits, token, list } = state;
  const where = (pageToken) => page.to(['installations', ...page.rest], { pageToken });
  return html`
    ${found.connection.status === 'bad_credentials' ? reconnect(page, state) : nothing}
    <section aria-labelledby="objects">
      <h2 id="objects">Objects</h2>
      ${objects(page, state)}
    </section>
    <section aria-labelledby="limits">
      <h2 id="limits">What is left of Pinterest’s limits</h2>
      ${budgets(limits)}
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

function reconnect(page, state) {
  const { id } = state.found.connection;
  const make = () =>
    api.text('PATCH', `${page.path(['connections', id])}:oauth-update`, undefined, page.signal);
  const start = async () => {
    await journey.begin(page, state, make);
    draw(page, state);
  };
  return html`<div class="notice bad">
      <p><strong>Pinterest refuses the tokens of this account.</strong></p>
      <p>The customer must connect again. Nothing is read until then.</p>
      <p><button @click=${start}>Connect again</button></p>
    </div>
    ${journey.link(state)}`;
}

function objects(page, state) {
  const { base, found, last } = state;
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
      ['Next read', (one) => nextRead(found, one)],
      ['Destination', (one) => html`<a href=${page.to(['destinations'])}>${one.destination ?? '–'}</a>`],
      ['Last read', (one) => lastRead(page, newest(one))],
      [
        'Action',
        (one) =>
          html`<button ?disabled=${one.disabled} aria-label=${`Read ${one.objectName} now`}
              @click=${() => read(page, base, one.objectName)}>Read now</button>
            <button ?disabled=${state.busy} aria-label=${`${one.disabled ? 'Resume' : 'Pause'} ${one.objectName}`}
              title=${one.disabled ? 'It is read from its next time on' : 'A read of it that runs ends at once'}
              @click=${() => pause(page, state, one)}>${one.disabled ? 'Resume' : 'Pause'}</button>`,
        'action',
      ],
    ],
    all,
  );
}

function nextRead(found, { objectName }) {
  const due = found.nextReads?.[objectName];
  return due ? parts.ago(due) : '–';
}

/** Pauses an object, or resumes it. */
async function pause(page, state, { objectName, disabled }) {
  state.busy = true;
  draw(page, state);
  await page.act(async () => {
    // A dot in a name would end a part of the path.
    const name = objectName.replace(/[.\\]/g, '\\$&');
    const body = {
      updateMask: [`config.content.read.objects.${name}.disabled`],
      installation: { config: { content: { read: { objects: { [objectName]: { disabled: !disabled } } } } } },
    };
    const path = `${page.path(state.base)}?skipSampling=true`;
    state.found = await api.patch(path, body, page.signal);
  });
  state.busy = false;
  draw(page, state);
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
    ['Granted scopes', journey.scopes(it.grantedScopes), 'full'],
  ]);
}
