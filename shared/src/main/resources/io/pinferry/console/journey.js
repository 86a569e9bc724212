// The link that leads a customer to Pinterest.

import { html, nothing } from '/console/lit-html.js';
import * as parts from '/console/parts.js';

/** Makes a link and opens it in a new tab. A browser may refuse the tab, so the link is also shown. */
export async function begin(page, state, make) {
  state.link = null;
  await page.act(async () => {
    state.link = await make();
    window.open(state.link, '_blank', 'noopener');
  });
}

export function link(state) {
  if (!state.link) {
    return nothing;
  }
  return html`<div class="notice busy" role="status">
    <p><strong>The link opens in a new tab.</strong> It works once, for 10 minutes.</p>
    <p>
      The account that is logged in at Pinterest will be connected. If that is not the customer’s, send the link to the
      customer instead.
    </p>
    <p class="link">
      <label>Link<input type="text" readonly .value=${state.link} @focus=${(event) => event.target.select()} /></label>
      <a class="button" href=${state.link} target="_blank" rel="noopener noreferrer">Open again</a>
    </p>
  </div>`;
}

/** Shows a connection. */
export function connection(it) {
  return parts.facts([
    ['State', parts.connectionStatus(it.status)],
    ['Customer', `${it.group.groupName || it.group.groupRef} (${it.group.groupRef})`],
    ['Connected by', it.consumer.consumerName || it.consumer.consumerRef],
    ['Account', it.providerWorkspaceRef],
    ['Account id', it.providerConsumerRef],
    ['Connected', parts.exact(it.updateTime ?? it.createTime)],
    ['Connection id', html`<code>${it.id}</code>`],
    ['Granted scopes', scopes(it.grantedScopes), 'full'],
  ]);
}

/** Shows scopes; nothing if they are not known. */
export function scopes(list) {
  return list?.length > 0 ? html`${list.map((one) => html`<code>${one}</code> `)}` : undefined;
}
