// Tables. On a phone each row is a card, so roles say what the elements are.

import { html, nothing } from '/console/lit-html.js';
import * as parts from '/console/parts.js';

/**
 * Shows rows.
 *
 * columns: [name, function from a row to its cell, class]
 */
export function table(caption, columns, rows) {
  return html`<table role="table" aria-label=${caption}>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(([name, , style]) => html`<th role="columnheader" scope="col" class=${style ?? ''}>${name}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) => html`<tr role="row">
          ${columns.map(
            ([name, cell, style]) => html`<td role="cell" class=${style ?? ''} data-name=${name}>${cell(row)}</td>`,
          )}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Shows installations. */
export function installations(page, list, integrations) {
  return table(
    'Installations',
    [
      [
        'Customer',
        (one) => html`<a href=${page.to(['installations', one.integrationId, one.id])}>${parts.customer(one) || one.id}</a>`,
        'main',
      ],
      ['Health', (one) => parts.health(one)],
      ['Last operation', (one) => parts.operationStatus(one.lastOperationStatus)],
      ['Objects', (one) => objectCount(one)],
      ['Integration', (one) => integrations.get(one.integrationId) ?? one.integrationId],
      ['Account', (one) => one.connection.providerWorkspaceRef ?? one.connection.providerConsumerRef ?? '–'],
      ['Installed', (one) => parts.ago(one.createTime)],
    ],
    list,
  );
}

function objectCount(installation) {
  const all = parts.objects(installation);
  const paused = all.filter((object) => object.disabled).length;
  return html`${all.length}${paused > 0 ? html` ${parts.badge('warn', `${paused} paused`)}` : nothing}`;
}

/** Shows operations, newest first. Customers are by installation. */
export function operations(page, list, customers) {
  return table(
    'Operations',
    [
      ['Operation', (one) => html`<a href=${page.to(['operations', one.id])}>${parts.operationName(one)}</a>`, 'main'],
      ['Status', (one) => parts.operationStatus(one.status)],
      ...(customers ? [['Customer', (one) => customerLink(page, one, customers), 'name']] : []),
      ['Started', (one) => parts.ago(one.createTime)],
      ['Took', (one) => parts.took(one), 'number'],
      ['Result', (one) => html`<span class="clipped">${parts.reason(one) || '–'}</span>`, 'wide'],
    ],
    list,
  );
}

export function customerLink(page, operation, customers) {
  const installation = customers.get(operation.installationId);
  return html`<a href=${page.to(['installations', operation.integrationId, operation.installationId])}
    >${parts.customer(installation) || `${operation.installationId.slice(0, 8)}…`}</a
  >`;
}
