// The form that asks for the key.

import { html, nothing } from '/console/lit-html.js';
import * as parts from '/console/parts.js';

/**
 * Shows the form.
 *
 * enter: takes the key and perhaps the project. failure: the problem of the last try, or null
 */
export function login(enter, failure, busy, project) {
  const submit = (event) => {
    event.preventDefault();
    const form = event.target;
    enter(form.elements.key.value.trim(), form.elements.project.value.trim());
  };
  // It is no password field, so that no browser offers to store the key.
  return html`<main class="login" id="main">
    <h1><img src="/console/icon.svg" alt="" width="32" height="32" /> Pinferry</h1>
    <form @submit=${submit} autocomplete="off">
      <label for="key">API key</label>
      <input id="key" name="key" class="secret" type="text" required autocomplete="off" autocapitalize="off"
        spellcheck="false" aria-describedby="about-key" />
      <p id="about-key" class="hint">A key of the scope full, or the operator's key. It stays in this tab's memory.</p>
      <label for="project">Project</label>
      <input id="project" name="project" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
        .value=${project ?? ''} aria-describedby="about-project" />
      <p id="about-project" class="hint">Its name or id. Leave it empty for the project of the key.</p>
      ${failure ? parts.problem(failure) : nothing}
      <button class="primary" ?disabled=${busy}>${busy ? 'Checking…' : 'Open the console'}</button>
    </form>
  </main>`;
}
