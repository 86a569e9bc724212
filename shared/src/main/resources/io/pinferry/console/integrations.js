// All integrations, and the deploy of a manifest.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import { changes, compare } from '/console/changes.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

export async function integrations(page) {
  const state = { busy: false, deployed: null };
  await page.load(async () => {
    state.list = await page.get(['integrations']);
    draw(page, state);
  });
}

function draw(page, state) {
  page.show('Integrations', view(page, state));
}

function view(page, state) {
  return html`
    ${state.list.length === 0 ? parts.empty('There is no integration yet.') : table(page, state.list)}
    <section aria-labelledby="deploy">
      <h2 id="deploy">Deploy a manifest</h2>
      ${form(page, state)} ${state.deployed ? result(page, state.deployed) : nothing}
    </section>
  `;
}

function table(page, list) {
  const names = (one, part) => (one.latestRevision.content[part]?.objects ?? []).map((object) => object.objectName);
  return tables.table(
    'Integrations',
    [
      ['Name', (one) => html`<a href=${page.to(['integrations', one.name])}>${one.name}</a>`, 'main'],
      ['Reads', (one) => names(one, 'read').join(', ') || '–', 'wide'],
      ['Writes', (one) => names(one, 'write').join(', ') || '–'],
      ['Proxy', (one) => (one.latestRevision.content.proxy?.enabled ? 'Open' : 'Closed')],
      ['Deployed', (one) => parts.ago(one.latestRevision.createTime)],
    ],
    list,
  );
}

function form(page, state) {
  const submit = (event) => {
    event.preventDefault();
    const { manifest, destructive } = event.target.elements;
    deploy(page, state, manifest.value, destructive.checked);
  };
  return html`<form class="form" @submit=${submit}>
    <label for="manifest">amp.yaml</label>
    <textarea id="manifest" name="manifest" rows="14" spellcheck="false" autocomplete="off" required></textarea>
    <label class="check"
      ><input type="checkbox" name="destructive" />Pause read objects that it no longer has, in all installations</label
    >
    <p><button class="primary" ?disabled=${state.busy}>${state.busy ? 'Deploying…' : 'Deploy'}</button></p>
  </form>`;
}

async function deploy(page, state, sourceYaml, destructive) {
  state.busy = true;
  state.deployed = null;
  draw(page, state);
  await page.act(async () => {
    const before = new Map((await page.get(['integrations'])).map((one) => [one.id, one.latestRevision.id]));
    const path = `${page.path(['integrations'])}:batch${destructive ? '?destructive=true' : ''}`;
    const { results, warnings } = await api.put(path, { sourceYaml }, page.signal);
    const integrations = await Promise.all(results.map((one) => compared(page, one, before.get(one.id))));
    state.deployed = { integrations, warnings };
    state.list = await page.get(['integrations']);
  });
  state.busy = false;
  draw(page, state);
}

/** Returns an integration with what its deploy changed. */
async function compared(page, integration, before) {
  const { name, latestRevision } = integration;
  if (before === latestRevision.id) {
    return { name, verdict: 'is as before', list: null };
  }
  const list = await compare(page, integration.id, before, latestRevision.id);
  return { name, verdict: before ? 'has a new revision' : 'is new', list };
}

function result(page, { integrations: list, warnings }) {
  return html`<div role="status">
    ${warnings ? html`<div class="notice warn"><p>${warnings}</p></div>` : nothing}
    ${list.map(
      (one) => html`<h3><a href=${page.to(['integrations', one.name])}>${one.name}</a> ${one.verdict}</h3>
        ${one.list ? changes(one.list) : nothing}`,
    )}
  </div>`;
}
