// What is left of Pinterest's limits. Each gauge is a text, too.

import { html, nothing } from '/console/lit-html.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const PERIODS = { 1: 'a second', 60: 'a minute', 3600: 'an hour', 86400: 'a day' };

/** Below this part of a limit a gauge warns. */
const LOW = 0.2;

export function budgets(all) {
  if (all.length === 0) {
    return parts.empty('There is no connection.');
  }
  const used = all.filter((one) => one.pausedUntil || counted(one).some((window) => window.used > 0));
  const others = all.filter((one) => !used.includes(one));
  return html`
    <p class="hint">${shared(all)} Customers with the same Pinterest user share these limits.</p>
    ${used.length === 0 ? parts.empty('No request was sent in the last minute, so all is left.') : table(used, 'Limits in use')}
    ${others.length === 0
      ? nothing
      : html`<details>
          <summary>${others.length} categories of requests without use</summary>
          ${table(others, 'Limits without use')}
        </details>`}
  `;
}

/** Returns the limits that a category has for itself, and that Pinferry counts. */
function counted(budget) {
  return budget.windows.filter((window) => !window.shared && window.used !== undefined);
}

function shared(all) {
  const [window] = all.flatMap((one) => one.windows).filter((one) => one.shared);
  return window ? `All categories together: ${limit(window)}.` : '';
}

function limit(window) {
  return `${parts.number(window.limit)} ${PERIODS[window.seconds] ?? `in ${parts.duration(window.seconds * 1000)}`}`;
}

function table(list, caption) {
  return tables.table(
    caption,
    [
      ['Category', (one) => html`<code>${one.category}</code>`, 'main'],
      ['Left', (one) => html`${counted(one).map((window) => gauge(one, window))}${rest(one)}`, 'wide'],
      ['All left', (one) => whole(one)],
      ['State', (one) => state(one)],
      ['Limits', (one) => (one.learned ? 'From Pinterest' : 'Standard access')],
    ],
    list,
  );
}

function gauge(budget, window) {
  return html`<span class="gauge">
    <meter aria-label=${`Left of ${budget.category}`} min="0" max=${window.limit} low=${window.limit * LOW}
      optimum=${window.limit} value=${window.left}></meter>
    ${parts.number(window.left)} of ${limit(window)}
  </span>`;
}

/** Tells what no gauge shows. */
function rest(budget) {
  const quotas = budget.windows.filter((window) => window.used === undefined).map(limit);
  if (quotas.length > 0) {
    return html`<span class="gauge">${quotas.join(', ')}, not counted</span>`;
  }
  return budget.windows.length === 0 ? 'Pinterest tells no limit' : nothing;
}

function whole(budget) {
  const last = counted(budget)
    .map((window) => window.fullAt)
    .filter(Boolean)
    .sort()
    .at(-1);
  return last ? parts.ago(last) : 'Now';
}

function state(budget) {
  if (budget.pausedUntil) {
    return html`${parts.badge('bad', 'Paused by Pinterest')} ${parts.ago(budget.pausedUntil)}`;
  }
  return counted(budget).some((window) => window.left === 0) ? parts.badge('warn', 'Used up') : parts.badge('good', 'Free');
}
