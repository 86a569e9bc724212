// The frame around the pages: login, navigation, and the page of the address.

import { html, nothing, render } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as address from '/console/address.js';
import * as parts from '/console/parts.js';
import { login } from '/console/login.js';
import { overview } from '/console/overview.js';
import { installations } from '/console/installations.js';
import { installation } from '/console/installation.js';
import { integrations } from '/console/integrations.js';
import { integration } from '/console/integration.js';
import { connect } from '/console/connect.js';
import { operations } from '/console/operations.js';
import { operation } from '/console/operation.js';
import { deliveries } from '/console/deliveries.js';
import { destinations } from '/console/destinations.js';

const NAVIGATION = [
  ['overview', 'Overview'],
  ['installations', 'Installations'],
  ['integrations', 'Integrations'],
  ['operations', 'Operations'],
  ['deliveries', 'Deliveries'],
  ['destinations', 'Destinations'],
  ['connect', 'Connect'],
];

const app = document.getElementById('app');
let projects = [];
let open = null;

/** Returns the function that opens the page of an address. */
function opener({ page, rest }) {
  switch (page) {
    case 'installations':
      return rest.length === 2 ? installation : installations;
    case 'integrations':
      return rest.length === 1 ? integration : integrations;
    case 'connect':
      return connect;
    case 'operations':
      return rest.length === 1 ? operation : operations;
    case 'deliveries':
      return deliveries;
    case 'destinations':
      return destinations;
    default:
      return overview;
  }
}

/** A page that is open. It ends when the address changes. */
class OpenPage {
  constructor(project, where) {
    this.project = project;
    this.rest = where.rest;
    this.query = where.query;
    this.section = where.page;
    this.end = new AbortController();
    this.signal = this.end.signal;
    this.content = html`<p class="empty">Loading…</p>`;
    this.failure = null;
    this.refusal = null;
    this.title = '';
  }

  /** Returns an address in this project. */
  to(path, filters) {
    return address.to(this.project.name, path, filters);
  }

  /** Makes a path of the API in this project. */
  path(path, query) {
    return api.path(['projects', this.project.id, ...path], query);
  }

  get(path, query) {
    return api.get(this.path(path, query), this.signal);
  }

  /** Shows content under a title. */
  show(title, content) {
    if (this.signal.aborted) {
      return;
    }
    const fresh = this.title === '';
    this.title = title;
    this.content = content;
    draw();
    if (fresh) {
      document.querySelector('h1')?.focus({ preventScroll: true });
    }
  }

  /** Does something now and then again at an interval, as long as it returns true. */
  async repeat(millis, action) {
    while (!this.signal.aborted) {
      const start = performance.now();
      const again = await this.load(action);
      // What does not exist, or is not allowed, does not change by itself.
      if (again === false || (this.failure?.status >= 400 && this.failure.status < 500)) {
        return;
      }
      await new Promise((done) => setTimeout(done, Math.max(50, start + millis - performance.now())));
      await seen();
    }
  }

  /** Loads something. A failure is shown until the next success; then the result is undefined. */
  async load(action) {
    try {
      const result = await action();
      if (this.failure) {
        this.failure = null;
        draw();
      }
      return result;
    } catch (failure) {
      this.failure = this.accept(failure);
      draw();
      return undefined;
    }
  }

  /** Does what a person asked for. A failure is shown until the next deed. Returns the success. */
  async act(action) {
    this.refusal = null;
    try {
      await action();
      return true;
    } catch (failure) {
      this.refusal = this.accept(failure);
      draw();
      return false;
    }
  }

  /** Returns a failure that is shown; null for one that ends the page. */
  accept(failure) {
    if (this.signal.aborted) {
      return null;
    }
    if (failure.status === 401) {
      leave(failure);
      return null;
    }
    if (!(failure instanceof api.Problem)) {
      console.error(failure);
    }
    return failure;
  }
}

/** Waits as long as the tab is in the background, where nobody looks at it. */
async function seen() {
  while (document.hidden) {
    await new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));
  }
}

function go() {
  open?.end.abort();
  if (!api.hasKey()) {
    open = null;
    drawLogin(null, false);
    return;
  }
  const where = address.current();
  const project = projects.find((one) => one.name === where.project || one.id === where.project) ?? projects[0];
  open = new OpenPage(project, where);
  window.scrollTo(0, 0);
  draw();
  opener(where)(open);
}

function draw() {
  if (!open) {
    return;
  }
  document.title = open.title ? `${open.title} · Pinferry` : 'Pinferry';
  render(frame(open), app);
}

function frame(page) {
  return html`
    <button class="skip" @click=${() => document.getElementById('main').focus()}>Skip to the content</button>
    <header>
      <a class="brand" href=${page.to(['overview'])}><img src="/console/icon.svg" alt="" width="22" height="22" />Pinferry</a>
      <nav aria-label="Pages">
        ${NAVIGATION.map(
          ([name, label]) =>
            html`<a href=${page.to([name])} aria-current=${page.section === name ? 'page' : nothing}>${label}</a>`,
        )}
      </nav>
      <div class="who">${whichProject(page)}<button @click=${() => leave(null)}>Sign out</button></div>
    </header>
    <main id="main" tabindex="-1">
      <h1 tabindex="-1">${page.title || (page.failure ? 'Not shown' : 'Loading')}</h1>
      ${[page.failure, page.refusal].map((failure) => (failure ? parts.problem(failure) : nothing))}
      ${page.failure && page.title === '' ? nothing : page.content}
    </main>
  `;
}

function whichProject(page) {
  if (projects.length === 1) {
    return html`<span class="project">${page.project.name}</span>`;
  }
  return html`<select aria-label="Project" @change=${(event) => (location.hash = address.to(event.target.value, ['overview']))}>
    ${projects.map((one) => html`<option value=${one.name} ?selected=${one === page.project}>${one.name}</option>`)}
  </select>`;
}

function drawLogin(failure, busy) {
  document.title = 'Log in · Pinferry';
  render(login(enter, failure, busy, address.current().project), app);
}

async function enter(key, project) {
  drawLogin(null, true);
  api.useKey(key);
  try {
    const found = await api.get(api.path(['projects']));
    const wanted = found.filter((one) => project === '' || one.name === project || one.id === project);
    if (wanted.length === 0) {
      throw new api.Problem(404, found.length === 0 ? 'There is no project yet.' : 'This key reaches no such project.');
    }
    projects = found;
    if (wanted.length === found.length) {
      go();
    } else if (address.current().project === wanted[0].name) {
      go();
    } else {
      // The change of the address opens the page.
      location.hash = address.to(wanted[0].name, ['overview']);
    }
  } catch (failure) {
    api.useKey(null);
    drawLogin(failure, false);
  }
}

/** Forgets the key and all that it showed. */
function leave(failure) {
  open?.end.abort();
  open = null;
  projects = [];
  api.useKey(null);
  drawLogin(failure, false);
}

window.addEventListener('hashchange', go);
go();
