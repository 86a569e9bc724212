// Operations of all customers, newest first. The address has the filters.

import { html } from '/console/lit-html.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const REFRESH_MILLIS = 3000;
const PAGE_SIZE = 50;
const PERIODS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };
const STATUSES = [
  ['', 'Any'],
  ['failure', 'Failed'],
  ['in_progress', 'In progress'],
  ['success', 'Success'],
];
const TIMES = [
  ['', 'Any'],
  ['hour', 'The last hour'],
  ['day', 'The last 24 hours'],
  ['week', 'The last 7 days'],
];

export async function operations(page) {
  const filters = {
    status: page.query.get('status') ?? '',
    object: page.query.get('object') ?? '',
    group: page.query.get('group') ?? '',
    since: page.query.get('since') ?? '',
  };
  const token = page.query.get('pageToken') ?? '';
  const customers = new Map();
  await page.repeat(REFRESH_MILLIS, async () => {
    const period = PERIODS[filters.since];
    const list = await page.get(['operations'], {
      status: filters.status,
      objectName: filters.object,
      groupRef: filters.group,
      since: period ? new Date(Date.now() - period).toISOString() : '',
      pageSize: PAGE_SIZE,
      pageToken: token,
    });
    page.show('Operations', view(page, { filters, token, list, customers }));
    await name(page, list.results, customers);
    page.show('Operations', view(page, { filters, token, list, customers }));
    // A later page does not change.
    return token === '';
  });
}

/** Finds the customers of operations. An installation that was removed has none any more. */
async function name(page, list, customers) {
  const unknown = new Map(
    list.filter((one) => !customers.has(one.installationId)).map((one) => [one.installationId, one]),
  );
  await Promise.all(
    [...unknown.values()].map(async (one) => {
      const path = ['integrations', one.integrationId, 'installations', one.installationId];
      customers.set(
        one.installationId,
        await page.get(path).catch((failure) => {
          if (failure.status === 404) {
            return undefined;
          }
          throw failure;
        }),
      );
    }),
  );
}

function view(page, { filters, token, list, customers }) {
  const where = (pageToken) => page.to(['operations'], { ...filters, pageToken });
  const submit = (event) => {
    event.preventDefault();
    location.hash = page.to(['operations'], Object.fromEntries(new FormData(event.currentTarget)));
  };
  const choose = (event) => event.target.form.requestSubmit();
  const choice = (name, label, options) =>
    html`<label>${label}<select name=${name} @change=${choose}>
        ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === filters[name]}>${text}</option>`)}
      </select></label>`;
  const text = (name, label) =>
    html`<label>${label}<input name=${name} type="text" autocomplete="off" value=${filters[name]} /></label>`;
  const none = Object.values(filters).some(Boolean) ? 'No operation is like that.' : 'There is no operation yet.';
  return html`
    <form class="filters" @submit=${submit}>
      ${choice('status', 'Status', STATUSES)} ${choice('since', 'Started in', TIMES)} ${text('object', 'Object')}
      ${text('group', 'Customer (groupRef)')}
      <button>Show</button>
    </form>
    ${list.results.length === 0 ? parts.empty(none) : tables.operations(page, list.results, customers)}
    ${parts.pages(where(''), list.pagination.nextPageToken ? where(list.pagination.nextPageToken) : null, token)}
  `;
}
