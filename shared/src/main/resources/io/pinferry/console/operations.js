// Operations of all customers, newest first. The address has the filters.

import { html } from '/console/lit-html.js';
import * as filters from '/console/filters.js';
import * as parts from '/console/parts.js';
import * as periods from '/console/periods.js';
import * as tables from '/console/tables.js';

const REFRESH_MILLIS = 3000;
const PAGE_SIZE = 50;
const STATUSES = [
  ['', 'Any'],
  ['failure', 'Failed'],
  ['in_progress', 'In progress'],
  ['success', 'Success'],
];
export async function operations(page) {
  const values = {
    status: page.query.get('status') ?? '',
    object: page.query.get('object') ?? '',
    group: page.query.get('group') ?? '',
    since: page.query.get('since') ?? '',
  };
  const token = page.query.get('pageToken') ?? '';
  const customers = new Map();
  await page.repeat(REFRESH_MILLIS, async () => {
    const list = await page.get(['operations'], {
      status: values.status,
      objectName: values.object,
      groupRef: values.group,
      since: periods.since(values.since),
      pageSize: PAGE_SIZE,
      pageToken: token,
    });
    page.show('Operations', view(page, { values, token, list, customers }));
    await name(page, list.results, customers);
    page.show('Operations', view(page, { values, token, list, customers }));
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

function view(page, { values, token, list, customers }) {
  const where = (pageToken) => page.to(['operations'], { ...values, pageToken });
  const none = Object.values(values).some(Boolean) ? 'No operation is like that.' : 'There is no operation yet.';
  return html`
    ${filters.form(page, ['operations'], values, [
      filters.choice('status', 'Status', STATUSES),
      filters.choice('since', 'Started in', periods.CHOICES),
      filters.text('object', 'Object'),
      filters.text('group', 'Customer (groupRef)'),
    ])}
    ${list.results.length === 0 ? parts.empty(none) : tables.operations(page, list.results, customers)}
    ${parts.pages(where(''), list.pagination.nextPageToken ? where(list.pagination.nextPageToken) : null, token)}
  `;
}
