// Attempts to deliver messages, newest first. The address has the filters.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as filters from '/console/filters.js';
import * as parts from '/console/parts.js';
import * as periods from '/console/periods.js';
import * as tables from '/console/tables.js';

const REFRESH_MILLIS = 3000;
const PAGE_SIZE = 50;
const STATUSES = [
  ['', 'Any'],
  ['failed', 'Failed'],
  ['accepted', 'Accepted'],
];
const OUTCOMES = {
  accepted: ['good', 'Accepted'],
  failed: ['warn', 'Tried again'],
  given_up: ['bad', 'Given up'],
  dropped: ['calm', 'Dropped'],
};

export async function deliveries(page) {
  const names = ['status', 'since', 'destination', 'operation', 'message'];
  const values = Object.fromEntries(names.map((name) => [name, page.query.get(name) ?? '']));
  const token = page.query.get('pageToken') ?? '';
  const state = { values, token, said: '', busy: false };
  await page.repeat(REFRESH_MILLIS, async () => {
    [state.list, state.destinations] = await Promise.all([
      page.get(['deliveries'], {
        status: values.status,
        since: periods.since(values.since),
        destination: values.destination,
        operationId: values.operation,
        messageId: values.message,
        pageSize: PAGE_SIZE,
        pageToken: token,
      }),
      page.get(['destinations']),
    ]);
    page.show('Deliveries', view(page, state));
    // A later page does not change.
    return token === '';
  });
}

function view(page, state) {
  const { values, token, list, destinations } = state;
  const where = (pageToken) => page.to(['deliveries'], { ...values, pageToken });
  const known = destinations.map(({ name }) => [name, name]);
  const none = Object.values(values).some(Boolean) ? 'No attempt is like that.' : 'No attempt has failed.';
  return html`
    <p class="hint">
      The attempts that the stack keeps: as a rule those that failed, and what came of them. With DeliveryAttempts=all also
      the others, and every message can be sent again.
    </p>
    ${filters.form(page, ['deliveries'], values, [
      filters.choice('status', 'Outcome', STATUSES),
      filters.choice('since', 'Time', periods.CHOICES),
      filters.choice('destination', 'Destination', [['', 'Any'], ...known]),
      filters.text('operation', 'Operation id'),
      filters.text('message', 'Message id'),
    ])}
    <p role="status" class="said">${state.said}</p>
    ${values.destination || values.operation || values.message ? replayAll(page, state) : nothing}
    ${list.results.length === 0 ? parts.empty(none) : attempts(page, state)}
    ${parts.pages(where(''), list.pagination.nextPageToken ? where(list.pagination.nextPageToken) : null, token)}
  `;
}

/** Offers what the API can choose by: not the outcome, and a time only from its beginning. */
function replayAll(page, state) {
  const { values } = state;
  const chosen = {
    destination: values.destination || undefined,
    operationId: values.operation || undefined,
    messageIds: values.message ? [values.message] : undefined,
    since: periods.since(values.since) || undefined,
  };
  return html`<p>
    <button ?disabled=${state.busy} @click=${() => replay(page, state, { ...chosen, onlyUndelivered: true })}>
      Send the undelivered ones again
    </button>
    <button ?disabled=${state.busy} @click=${() => replay(page, state, chosen)}>Send all of these again</button>
  </p>`;
}

/** Sends messages again, until the API says that these were all. */
async function replay(page, state, which) {
  state.busy = true;
  page.show('Deliveries', view(page, state));
  await page.act(async () => {
    const { sent, left } = await api.postAll(`${page.path(['deliveries'])}:replay`, which, 'replayed', page.signal);
    state.said = `${parts.number(sent)} are sent again within a minute.${
      left.length > 0 ? ` ${parts.number(left.length)} are not: ${left[0].reason}` : ''
    }`;
  });
  state.busy = false;
  page.show('Deliveries', view(page, state));
}

function attempts(page, state) {
  return tables.table(
    'Deliveries',
    [
      ['Content', (one) => content(page, one), 'main'],
      ['Outcome', (one) => parts.badge(...(OUTCOMES[one.outcome] ?? ['calm', one.outcome]))],
      ['Destination', (one) => html`<a href=${page.to(['deliveries'], { destination: one.destination })}>${one.destination}</a>`],
      ['Attempt', (one) => one.attempt, 'number'],
      ['Answer', (one) => answer(one), 'wide message'],
      ['Took', (one) => took(one.durationMillis), 'number'],
      ['Time', (one) => parts.ago(one.createTime)],
      ['Next attempt', (one) => (one.nextAttemptTime ? parts.ago(one.nextAttemptTime) : '–')],
      ['Message', (one) => html`<a href=${page.to(['deliveries'], { message: one.messageId })}><code>${one.messageId.slice(0, 12)}…</code></a>`],
      [
        'Action',
        (one) =>
          html`<button ?disabled=${state.busy || one.outcome === 'failed'}
            aria-label=${`Send message ${one.messageId} again`}
            @click=${() => replay(page, state, { messageIds: [one.messageId], operationId: one.operationId })}>Send again</button>`,
        'action',
      ],
    ],
    state.list.results,
  );
}

function took(millis) {
  if (millis === undefined) {
    return '–';
  }
  return millis < 1000 ? `${millis} ms` : parts.duration(millis);
}

function content(page, attempt) {
  const name = attempt.notificationType ? `Notification ${attempt.notificationType}` : `Records of ${attempt.objectName ?? 'a read'}`;
  return attempt.operationId ? html`<a href=${page.to(['operations', attempt.operationId])}>${name}</a>` : name;
}

function answer(attempt) {
  return html`${attempt.reason ?? `It answered ${attempt.statusCode}.`}${attempt.answer
    ? html`<span class="pairs"><span><b>answer</b> ${attempt.answer}</span></span>`
    : nothing}`;
}
