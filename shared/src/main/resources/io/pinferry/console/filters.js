// A form whose filters are in the address.

import { html } from '/console/lit-html.js';

/**
 * Shows the form.
 *
 * path: the page. values: the filters of the address. fields: what choice and text return
 */
export function form(page, path, values, fields) {
  const submit = (event) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].map(([name, value]) => [name, value.trim()]);
    location.hash = page.to(path, Object.fromEntries(given));
  };
  return html`<form class="filters" @submit=${submit}>
    ${fields.map((field) => field(values))}
    <button>Show</button>
  </form>`;
}

/** A choice among [value, text]. It takes effect at once. */
export function choice(name, label, options) {
  const choose = (event) => event.target.form.requestSubmit();
  return (values) => html`<label>${label}<select name=${name} @change=${choose}>
      ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === values[name]}>${text}</option>`)}
    </select></label>`;
}

export function text(name, label) {
  return (values) =>
    html`<label>${label}<input name=${name} type="text" autocomplete="off" value=${values[name]} /></label>`;
}
