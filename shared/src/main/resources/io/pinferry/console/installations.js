// All installations, page by page, or those of one group.

import { html } from '/console/lit-html.js';
import * as api from '/console/api.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const PAGE_SIZE = 50;

export async function installations(page) {
  const groupRef = page.query.get('group') ?? '';
  const token = page.query.get('pageToken') ?? '';
  await page.load(async () => {
    const query = { groupRef, pageSize: PAGE_SIZE, pageToken: token };
    const [list, integrations] = await Promise.all([
      api.getList(page.path(['installations'], query), page.signal),
      page.get(['integrations']),
    ]);
    const names = new Map(integrations.map((one) => [one.id, one.name]));
    page.show('Installations', view(page, { groupRef, token, list, names }));
  });
}

function view(page, { groupRef, token, list, names }) {
  const where = (pageToken) => page.to(['installations'], { group: groupRef, pageToken });
  const submit = (event) => {
    event.preventDefault();
    location.hash = page.to(['installations'], { group: event.target.elements.group.value.trim() });
  };
  return html`
    <form class="filters" @submit=${submit}>
      <label>Customer (groupRef)<input name="group" type="text" .value=${groupRef} autocomplete="off" /></label>
      <button>Show</button>
    </form>
    ${list.results.length === 0
      ? parts.empty(groupRef ? 'This customer has no installation.' : 'There is no installation.')
      : tables.installations(page, list.results, names)}
    ${parts.pages(where(''), list.next ? where(list.next) : null, token)}
  `;
}
