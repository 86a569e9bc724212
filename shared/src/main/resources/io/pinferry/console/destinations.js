// Destinations and their state; dead letters, which can be sent again.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as filters from '/console/filters.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const PAGE_SIZE = 50;

export async function destinations(page) {
  const values = {
    destination: page.query.get('destination') ?? '',
    operation: page.query.get('operation') ?? '',
  };
  const token = page.query.get('pageToken') ?? '';
  const state = { values, token, said: '', busy: false };
  await page.load(() => load(page, state));
}

async function load(page, state) {
  const { values, token } = state;
  const query = { destination: values.destination, operationId: values.operation, pageSize: PAGE_SIZE, pageToken: token };
  [state.destinations, state.letters] = await Promise.all([page.get(['destinations']), page.get(['dead-letters'], query)]);
  page.show('Destinations', view(page, state));
}

function view(page, state) {
  return html`
    <section aria-labelledby="destinations">
      <h2 id="destinations">Webhooks</h2>
      ${state.destinations.length === 0 ? parts.empty('There is no destination.') : list(page, state.destinations)}
    </section>
    <section aria-labelledby="letters">
      <h2 id="letters">Dead letters</h2>
      <p class="hint">Messages that were refused to the last. They are kept for 14 days.</p>
      ${filter(page, state)}
      <p role="status" class="said">${state.said}</p>
      ${state.letters.results.length === 0 ? parts.empty('There is none.') : letters(page, state)}
    </section>
  `;
}

function list(page, all) {
  return tables.table(
    'Webhooks',
    [
      ['Name', (one) => html`<strong>${one.name}</strong>`, 'main'],
      ['State', (one) => parts.destinationStatus(one)],
      ['Reason', (one) => one.trouble?.reason ?? '–', 'wide'],
      ['Since', (one) => (one.trouble ? parts.ago(one.trouble.since) : '–')],
      ['Address', (one) => html`<code>${one.metadata.url}</code>`, 'wide'],
      [
        'Messages',
        (one) => html`<a href=${page.to(['deliveries'], { destination: one.name })}>Attempts</a>
          <a href=${page.to(['destinations'], { destination: one.name })}>Dead letters</a>`,
        'action',
      ],
    ],
    all,
  );
}

function filter(page, state) {
  const known = state.destinations.map(({ name }) => [name, name]);
  return filters.form(page, ['destinations'], state.values, [
    filters.choice('destination', 'Destination', [['', 'Any'], ...known]),
    filters.text('operation', 'Operation id'),
  ]);
}

function letters(page, state) {
  const { values, token } = state;
  const { results, pagination } = state.letters;
  const where = (pageToken) => page.to(['destinations'], { ...values, pageToken });
  const chosen = { destination: values.destination || undefined, operationId: values.operation || undefined };
  return html`
    ${values.destination || values.operation
      ? html`<p>
          <button class="primary" ?disabled=${state.busy} @click=${() => redrive(page, state, chosen)}>
            ${state.busy ? 'Sending…' : 'Send all of these again'}
          </button>
        </p>`
      : nothing}
    ${tables.table(
      'Dead letters',
      [
        ['Content', (one) => content(page, one), 'main'],
        ['Destination', (one) => one.destination],
        ['Reason', (one) => one.reason, 'wide'],
        ['Given up', (one) => parts.ago(one.createTime)],
        ['Forgotten', (one) => parts.ago(one.expireTime)],
        [
          'Action',
          (one) =>
            html`<button ?disabled=${state.busy} aria-label=${`Send message ${one.messageId} again`}
              @click=${() => redrive(page, state, { messageIds: [one.messageId] })}>Send again</button>`,
          'action',
        ],
      ],
      results,
    )}
    ${parts.pages(where(''), pagination.nextPageToken ? where(pagination.nextPageToken) : null, token)}
  `;
}

function content(page, letter) {
  if (!letter.operationId) {
    return `Notification ${letter.notificationType}`;
  }
  return html`<a href=${page.to(['operations', letter.operationId])}>Records of ${letter.objectName ?? 'a read'}</a>`;
}

/** Sends messages again, until the API says that these were all. */
async function redrive(page, state, which) {
  state.busy = true;
  page.show('Destinations', view(page, state));
  const done = await page.act(async () => {
    const { sent, left } = await api.postAll(`${page.path(['dead-letters'])}:redrive`, which, 'redriven', page.signal);
    state.said = `${parts.number(sent)} are sent again within a minute.${
      left.length > 0 ? ` ${parts.number(left.length)} stay: ${left[0].reason}` : ''
    }`;
  });
  state.busy = false;
  if (!done) {
    page.show('Destinations', view(page, state));
    return;
  }
  await page.load(() => load(page, state));
}
