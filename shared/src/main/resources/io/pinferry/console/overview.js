// What needs attention, worst first; then the customers and the newest operations.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const REFRESH_MILLIS = 3000;

/** The installations change rarely, and are many. */
const INSTALLATIONS_EVERY = 20;

const INSTALLATIONS_AT_ONCE = 200;
const INSTALLATIONS_MAX = 1000;
const SHOWN = 10;
const DAY_MILLIS = 86_400_000;

/** The worst first. */
const KINDS = [
  'Disabled destination',
  'Lost access',
  'Dead letters',
  'Failed write',
  'Failed read',
  'Failing destination',
  'Paused',
];

export async function overview(page) {
  const state = { installations: [], loaded: false, more: false, integrations: new Map() };
  let round = 0;
  await page.repeat(REFRESH_MILLIS, async () => {
    const since = new Date(Date.now() - DAY_MILLIS).toISOString();
    const [newest, failed, running, destinations, letters] = await Promise.all([
      page.get(['operations'], { pageSize: 100 }),
      page.get(['operations'], { status: 'failure', since, pageSize: 100 }),
      page.get(['operations'], { status: 'in_progress', since, pageSize: 100 }),
      page.get(['destinations']),
      page.get(['dead-letters'], { pageSize: 100 }),
    ]);
    Object.assign(state, { newest, failed, running, destinations, letters });
    if (round === 0) {
      page.show('Overview', view(page, state));
    }
    if (round++ % INSTALLATIONS_EVERY === 0) {
      state.integrations = new Map((await page.get(['integrations'])).map((one) => [one.id, one.name]));
      await load(page, state);
    }
    page.show('Overview', view(page, state));
    return true;
  });
}

/** Loads the installations that the page looks at. The first time it shows each part as it comes. */
async function load(page, state) {
  const all = [];
  let next = null;
  do {
    const query = { pageSize: INSTALLATIONS_AT_ONCE, pageToken: next };
    const answer = await api.getList(page.path(['installations'], query), page.signal);
    all.push(...answer.results);
    next = answer.next;
    if (!state.loaded) {
      state.installations = all;
      page.show('Overview', view(page, state));
    }
  } while (next && all.length < INSTALLATIONS_MAX);
  state.installations = all;
  state.loaded = true;
  state.more = next !== null;
}

function view(page, state) {
  const customers = new Map(state.installations.map((one) => [one.id, one]));
  const attention = needs(page, state, customers);
  return html`
    ${numbers(page, state)}
    <section aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      ${attention.length === 0
        ? parts.empty(state.loaded ? 'Nothing. All that was looked at works.' : 'Loading…')
        : list(attention)}
    </section>
    <section aria-labelledby="operations">
      <h2 id="operations">Newest operations <a href=${page.to(['operations'])}>All</a></h2>
      ${state.newest.results.length === 0
        ? parts.empty('There is no operation yet.')
        : tables.operations(page, state.newest.results.slice(0, SHOWN), customers)}
    </section>
    <section aria-labelledby="installations">
      <h2 id="installations">Installations <a href=${page.to(['installations'])}>All</a></h2>
      ${state.more
        ? html`<p class="hint">The worst of the first ${parts.number(INSTALLATIONS_MAX)}.</p>`
        : nothing}
      ${state.installations.length === 0
        ? parts.empty(state.loaded ? 'No customer has installed an integration yet.' : 'Loading…')
        : tables.installations(page, worstFirst(state.installations).slice(0, SHOWN), state.integrations)}
    </section>
  `;
}

function numbers(page, state) {
  const unhealthy = state.installations.filter((one) => one.healthStatus !== 'healthy').length;
  const several = (list) => `${parts.number(list.results.length)}${list.pagination.done ? '' : '+'}`;
  const one = (value, label, where, level) =>
    html`<li><a class=${level ?? ''} href=${where}><strong>${value}</strong> <span>${label}</span></a></li>`;
  return html`<ul class="numbers" aria-label="Numbers">
    ${one(
      state.loaded ? `${parts.number(state.installations.length)}${state.more ? '+' : ''}` : '…',
      'installations',
      page.to(['installations']),
    )}
    ${one(state.loaded ? parts.number(unhealthy) : '…', 'unhealthy', page.to(['installations']), unhealthy > 0 ? 'bad' : '')}
    ${one(several(state.running), 'in progress', page.to(['operations'], { status: 'in_progress' }))}
    ${one(
      several(state.failed),
      'failed in 24 hours',
      page.to(['operations'], { status: 'failure', since: 'day' }),
      state.failed.results.length > 0 ? 'bad' : '',
    )}
    ${one(
      several(state.letters),
      'dead letters',
      page.to(['destinations']),
      state.letters.results.length > 0 ? 'bad' : '',
    )}
  </ul>`;
}

function list(items) {
  return html`<ul class="attention">
    ${items.map(
      (item) => html`<li class=${item.level}>
        ${parts.badge(item.level, item.kind)}
        <a href=${item.where}>${item.name}</a>
        <span class="reason">${item.reason}</span>
        ${parts.ago(item.at)}
      </li>`,
    )}
  </ul>`;
}

/** Returns what a person has to look at, the worst and newest first. */
function needs(page, state, customers) {
  const items = [
    ...state.destinations.filter((one) => one.trouble).map((one) => ofDestination(page, one)),
    ...state.installations.filter((one) => one.healthStatus !== 'healthy').map((one) => ofConnection(page, one)),
    ...lastFailures(state).map((one) => ofFailure(page, one, customers)),
    ...ofLetters(page, state.letters),
    ...state.installations.flatMap((one) =>
      parts
        .objects(one)
        .filter((object) => object.disabled)
        .map((object) => ofPause(page, one, object)),
    ),
  ];
  return items
    .sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || (other.at ?? '').localeCompare(one.at ?? ''))
    .slice(0, 50);
}

/** Returns the failures after which the same object of the same customer has not succeeded. */
function lastFailures(state) {
  const subject = (one) => `${one.installationId} ${one.actionType} ${one.metadata.objects}`;
  const latest = new Map();
  for (const one of [...state.newest.results, ...state.failed.results]) {
    const known = latest.get(subject(one));
    if (one.status !== 'in_progress' && (!known || known.createTime < one.createTime)) {
      latest.set(subject(one), one);
    }
  }
  return [...latest.values()].filter((one) => one.status === 'failure');
}

function ofFailure(page, operation, customers) {
  const name = parts.customer(customers.get(operation.installationId));
  return {
    level: 'bad',
    kind: operation.actionType === 'write' ? 'Failed write' : 'Failed read',
    name: `${(operation.metadata.objects ?? []).join(', ')}${name ? ` of ${name}` : ''}`,
    reason: parts.reason(operation),
    at: operation.updateTime,
    where: page.to(['operations', operation.id]),
  };
}

function ofDestination(page, destination) {
  const { trouble } = destination;
  const grave = trouble.disabled || trouble.givenUpAt;
  return {
    level: grave ? 'bad' : 'warn',
    kind: trouble.disabled ? 'Disabled destination' : 'Failing destination',
    name: destination.name,
    reason: trouble.reason,
    at: trouble.since,
    where: page.to(['destinations']),
  };
}

function ofConnection(page, installation) {
  return {
    level: 'bad',
    kind: 'Lost access',
    name: parts.customer(installation),
    reason: 'Pinterest refuses the tokens. The customer must connect again.',
    at: installation.connection.updateTime,
    where: page.to(['installations', installation.integrationId, installation.id]),
  };
}

function ofLetters(page, letters) {
  if (letters.results.length === 0) {
    return [];
  }
  const newest = letters.results.reduce((one, other) => (one.createTime > other.createTime ? one : other));
  return [
    {
      level: 'bad',
      kind: 'Dead letters',
      name: `${letters.results.length}${letters.pagination.done ? '' : '+'} messages were given up`,
      reason: newest.reason,
      at: newest.createTime,
      where: page.to(['destinations']),
    },
  ];
}

function ofPause(page, installation, object) {
  return {
    level: 'warn',
    kind: 'Paused',
    name: `${object.objectName} of ${parts.customer(installation)}`,
    reason: 'The object is not read.',
    at: installation.config.createTime,
    where: page.to(['installations', installation.integrationId, installation.id]),
  };
}

function worstFirst(all) {
  const rank = (one) => {
    if (one.healthStatus !== 'healthy') {
      return 0;
    }
    if (one.lastOperationStatus === 'failure') {
      return 1;
    }
    return parts.objects(one).some((object) => object.disabled) ? 2 : 3;
  };
  return [...all].sort((one, other) => rank(one) - rank(other) || other.createTime.localeCompare(one.createTime));
}
