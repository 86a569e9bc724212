// One operation: first the line that says why, then the log and the details.

import { html, nothing } from '/console/lit-html.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

/** Progress is asked for at least once a second. */
const REFRESH_MILLIS = 800;

/** A screen reader hears the count this often. */
const SPOKEN_EVERY_MILLIS = 10_000;

export async function operation(page) {
  const [id] = page.rest;
  const state = { counts: [], spoken: '', spokenAt: -Infinity };
  await page.repeat(REFRESH_MILLIS, async () => {
    const [found, log] = await Promise.all([page.get(['operations', id]), page.get(['operations', id, 'logs'])]);
    state.found = found;
    state.log = log;
    count(state);
    page.show(parts.operationName(found), view(page, state));
    if (!state.installation) {
      state.installation = await installationOf(page, found);
      page.show(parts.operationName(found), view(page, state));
    }
    return found.status === 'in_progress';
  });
}

/** Returns the installation of an operation; an empty one if it was removed. */
async function installationOf(page, found) {
  try {
    return await page.get(['integrations', found.integrationId, 'installations', found.installationId]);
  } catch (failure) {
    if (failure.status === 404) {
      return {};
    }
    throw failure;
  }
}

/** Notes the count of now, for the rate, and what a screen reader hears. */
function count(state) {
  const now = performance.now();
  const records = state.found.metadata.progress?.recordsProcessed;
  if (records !== undefined) {
    state.counts.push({ now, records });
    state.counts = state.counts.slice(-120);
  }
  const ended = state.found.status !== 'in_progress';
  if (ended || now - state.spokenAt >= SPOKEN_EVERY_MILLIS) {
    state.spoken = ended ? summary(state) : `In progress, ${parts.number(records ?? 0)} records so far`;
    state.spokenAt = now;
  }
}

function summary({ found }) {
  return parts.reason(found) || (found.status === 'in_progress' ? 'In progress' : 'Ended without a result');
}

/** Returns the records a second of the last 10 s; null if that is not known yet. */
function rate(counts) {
  const last = counts.at(-1);
  const first = counts.find((one) => last.now - one.now <= 10_000);
  if (!last || !first || last.now - first.now < 500) {
    return null;
  }
  return (1000 * (last.records - first.records)) / (last.now - first.now);
}

function view(page, state) {
  const { found, log, installation, spoken } = state;
  return html`
    <p class="spoken" role="status">${spoken}</p>
    <div class="why ${{ success: 'good', failure: 'bad' }[found.status] ?? 'busy'}">
      ${parts.operationStatus(found.status)}
      ${found.status === 'in_progress' ? progress(state) : html`<p class="reason">${summary(state)}</p>`}
    </div>
    ${undelivered(page, found)}
    <section aria-labelledby="log">
      <h2 id="log">Log</h2>
      <p><a href=${page.to(['deliveries'], { operation: found.id })}>Attempts to deliver its messages</a></p>
      ${log.length === 0 ? parts.empty('The log has no line yet.') : lines(log)}
    </section>
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      ${details(page, found, installation)}
    </section>
  `;
}

function progress(state) {
  const records = state.found.metadata.progress?.recordsProcessed;
  if (records === undefined) {
    return html`<p class="reason">For ${parts.took(state.found)}</p>`;
  }
  const speed = rate(state.counts);
  return html`<p class="reason">
      <strong class="count">${parts.number(records)}</strong> records so far, for ${parts.took(state.found)}${speed > 0
        ? `, ${parts.number(Math.ceil(speed))} a second`
        : nothing}
    </p>
    ${chart(state.counts)}`;
}

/** Draws how the count grew. */
function chart(counts) {
  if (counts.length < 3) {
    return nothing;
  }
  const start = counts[0].now;
  const width = counts.at(-1).now - start;
  const height = Math.max(1, counts.at(-1).records);
  const points = counts.map(
    ({ now, records }) => `${((now - start) / width) * 100},${30 - (records / height) * 28}`,
  );
  return html`<svg class="chart" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
    <polygon points=${`0,30 ${points.join(' ')} 100,30`}></polygon>
    <polyline points=${points.join(' ')}></polyline>
  </svg>`;
}

function undelivered(page, found) {
  const { undelivered: lost } = found.metadata;
  if (!lost) {
    return nothing;
  }
  return html`<div class="notice warn">
    <p>
      ${parts.number(lost.messages)} messages were given up; ${parts.number(lost.deliveredLater)} of them were delivered
      later. <a href=${page.to(['destinations'], { operation: found.id })}>Show its dead letters</a>
    </p>
  </div>`;
}

const SEVERITIES = { ERROR: 'bad', WARNING: 'warn' };

function lines(log) {
  return tables.table(
    'Log',
    [
      ['Time', (line) => parts.clock(line.timestamp)],
      ['Level', (line) => parts.badge(SEVERITIES[line.severity] ?? 'calm', line.severity)],
      ['Message', (line) => message(line.message), 'wide message'],
    ],
    log,
  );
}

function message({ msg, error, details: more }) {
  const pairs = Object.entries({ ...(error ? { error } : {}), ...more });
  return html`${msg}${pairs.length === 0
    ? nothing
    : html`<span class="pairs">${pairs.map(([name, value]) => html`<span><b>${name}</b> ${value}</span> `)}</span>`}`;
}

function details(page, found, installation) {
  const customers = new Map(installation?.id ? [[installation.id, installation]] : []);
  const records = found.metadata.progress?.recordsProcessed;
  return parts.facts([
    ['Customer', tables.customerLink(page, found, customers)],
    ['Records', records === undefined ? undefined : parts.number(records)],
    ['Started', parts.exact(found.createTime)],
    ['Ended', found.updateTime ? parts.exact(found.updateTime) : undefined],
    ['Took', parts.took(found)],
    ['Operation id', html`<code>${found.id}</code>`],
    ['Installation id', html`<code>${found.installationId}</code>`],
    ['Config id', html`<code>${found.configId}</code>`],
  ]);
}
