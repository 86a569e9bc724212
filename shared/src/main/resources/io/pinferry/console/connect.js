// Connects a customer: makes the link to Pinterest, waits for the connection, and installs an integration.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as journey from '/console/journey.js';
import * as parts from '/console/parts.js';

const REFRESH_MILLIS = 2000;

export async function connect(page) {
  const state = { link: null, busy: false, waiting: false };
  await page.load(async () => {
    state.integrations = await page.get(['integrations']);
    draw(page, state);
  });
}

function draw(page, state) {
  page.show('Connect a customer', view(page, state));
}

function view(page, state) {
  return html`
    ${form(page, state)} ${state.connection ? nothing : journey.link(state)}
    ${state.waiting ? html`<p class="empty" role="status">Waiting for the customer…</p>` : nothing}
    ${state.connection
      ? html`<section aria-labelledby="connection">
          <h2 id="connection" role="status">The customer is connected</h2>
          ${journey.connection(state.connection)} ${installing(page, state)}
        </section>`
      : nothing}
  `;
}

function form(page, state) {
  const submit = (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
    start(page, state, given);
  };
  const text = (name, label, hint, required) => html`<label
    >${label}<input type="text" name=${name} autocomplete="off" maxlength="256" ?required=${required}
    /><span class="hint">${hint}</span></label
  >`;
  return html`<form class="form" @submit=${submit}>
    <label
      >Integration<select name="integration">
        <option value="">None, only connect</option>
        ${state.integrations.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select
      ><span class="hint">You can install it when the customer is connected.</span></label
    >
    ${text('groupRef', 'Customer (groupRef)', 'Your id of the customer’s organisation.', true)}
    ${text('groupName', 'Name of the customer', 'For people; may be empty.', false)}
    ${text('consumerRef', 'User (consumerRef)', 'Your id of the person that connects the account.', true)}
    <p><button class="primary" ?disabled=${state.busy}>Connect</button></p>
  </form>`;
}

async function start(page, state, { integration, groupRef, groupName, consumerRef }) {
  Object.assign(state, { busy: true, link: null, connection: null, installation: null, waiting: false });
  state.integration = state.integrations.find((one) => one.id === integration);
  state.round = (state.round ?? 0) + 1;
  draw(page, state);
  const before = new Map();
  await journey.begin(page, state, async () => {
    for (const one of await page.get(['connections'], { groupRef })) {
      before.set(one.id, one.updateTime);
    }
    const body = {
      projectIdOrName: page.project.id,
      provider: 'pinterest',
      groupRef,
      groupName: groupName || undefined,
      consumerRef,
    };
    return api.text('POST', api.path(['oauth-connect']), body, page.signal);
  });
  state.busy = false;
  state.waiting = state.link !== null;
  draw(page, state);
  if (state.waiting) {
    await wait(page, state, groupRef, before, state.round);
  }
}

/** Waits for a connection that was not there before, or has changed since. */
async function wait(page, state, groupRef, before, round) {
  await page.repeat(REFRESH_MILLIS, async () => {
    if (state.round !== round) {
      return false;
    }
    const all = await page.get(['connections'], { groupRef });
    const found = all.find((one) => !before.has(one.id) || before.get(one.id) !== one.updateTime);
    if (!found || state.round !== round) {
      return state.round === round;
    }
    const installed = state.integration
      ? await page.get(['integrations', state.integration.id, 'installations'], { groupRef })
      : [];
    Object.assign(state, { connection: found, installation: installed[0], waiting: false, link: null });
    draw(page, state);
    return false;
  });
}

function installing(page, state) {
  const { integration, installation } = state;
  if (!integration) {
    return nothing;
  }
  if (installation) {
    return html`<p>
      <a class="button" href=${page.to(['installations', integration.id, installation.id])}
        >Show the installation of ${integration.name}</a
      >
    </p>`;
  }
  return html`<p>
      <button class="primary" ?disabled=${state.busy} @click=${() => install(page, state)}>
        Install ${integration.name}
      </button>
    </p>
    <p class="hint">With all objects that it reads, and all fields that it offers. The first read begins at once.</p>`;
}

async function install(page, state) {
  const { integration, connection } = state;
  state.busy = true;
  draw(page, state);
  await page.act(async () => {
    const objects = (integration.latestRevision.content.read?.objects ?? []).map((one) => [one.objectName, chosen(one)]);
    const content = { provider: 'pinterest', read: { objects: Object.fromEntries(objects) } };
    const body = { groupRef: connection.group.groupRef, connectionId: connection.id, config: { content } };
    const { id } = await api.post(page.path(['integrations', integration.id, 'installations']), body, page.signal);
    location.hash = page.to(['installations', integration.id, id]);
  });
  state.busy = false;
  draw(page, state);
}

function chosen({ objectName, optionalFieldsAuto }) {
  return optionalFieldsAuto === 'all'
    ? { objectName, selectedFieldsAuto: 'all' }
    : { objectName, selectedFields: {}, selectedFieldMappings: {} };
}
