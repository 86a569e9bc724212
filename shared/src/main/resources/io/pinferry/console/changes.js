// The differences between two revisions, as the API tells them.

import { html, nothing } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as parts from '/console/parts.js';

const SIGNS = { added: ['good', '+', 'came'], removed: ['bad', '−', 'went'], changed: ['warn', '~', 'changed'] };

/** Loads the differences of a revision from an earlier one; without that, all of it is new. */
export async function compare(page, integrationId, before, after) {
  const query = before ? `?${new URLSearchParams({ before })}` : '';
  const path = `${page.path(['integrations', integrationId, 'revisions', after])}:compare${query}`;
  return (await api.get(path, page.signal)).changes;
}

export function changes(list) {
  if (list.length === 0) {
    return parts.empty('Nothing differs.');
  }
  return html`<ul class="changes">
    ${list.map((one) => {
      const [level, sign, verb] = SIGNS[one.kind];
      return html`<li>
        <span class="badge ${level}" aria-hidden="true">${sign}</span>
        <div>
          <strong>${one.objectName ? `${one.part} ${one.objectName}` : one.part}</strong> ${verb}
          ${one.members.length === 0 ? nothing : members(one.members)}
        </div>
      </li>`;
    })}
  </ul>`;
}

function members(list) {
  return html`<dl class="members">
    ${list.map((one) => html`<div><dt>${one.name}</dt><dd>${value(one.before)} → ${value(one.after)}</dd></div>`)}
  </dl>`;
}

function value(it) {
  return it === undefined || it === '' ? 'none' : html`<code>${typeof it === 'string' ? it : JSON.stringify(it)}</code>`;
}
