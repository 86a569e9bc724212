// Small parts that several pages show.

import { html, nothing } from '/console/lit-html.js';

const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const NUMBER = new Intl.NumberFormat('en');

export function number(value) {
  return NUMBER.format(value);
}

/** Shows an instant as its distance from now. The exact time is its title. */
export function ago(instant) {
  if (!instant) {
    return nothing;
  }
  const seconds = (new Date(instant) - Date.now()) / 1000;
  const [unit, length] = UNITS.find((each) => Math.abs(seconds) >= each[1]) ?? UNITS.at(-1);
  const text = Math.abs(seconds) < 2 ? 'now' : RELATIVE.format(Math.trunc(seconds / length), unit);
  return html`<time datetime=${instant} title=${EXACT.format(new Date(instant))}>${text}</time>`;
}

export function exact(instant) {
  return html`<time datetime=${instant}>${EXACT.format(new Date(instant))}</time>`;
}

export function clock(instant) {
  return html`<time datetime=${instant} title=${EXACT.format(new Date(instant))}>${CLOCK.format(new Date(instant))}</time>`;
}

/** Returns the length of a time in words, for example 1 min 5 s. */
export function duration(millis) {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ];
  return parts
    .slice(parts.findIndex(([count]) => count > 0))
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Shows a state as a word with a colour. A level is good, bad, warn, busy or calm. */
export function badge(level, text) {
  return html`<span class="badge ${level}">${text}</span>`;
}

const STATUSES = {
  success: ['good', 'Success'],
  failure: ['bad', 'Failed'],
  in_progress: ['busy', 'In progress'],
};

export function operationStatus(status) {
  return status === undefined ? badge('calm', 'None yet') : badge(...(STATUSES[status] ?? ['calm', status]));
}

const CONNECTIONS = {
  created: ['calm', 'Not used yet'],
  working: ['good', 'Working'],
  bad_credentials: ['bad', 'Must connect again'],
};

export function connectionStatus(status) {
  return badge(...(CONNECTIONS[status] ?? ['calm', status]));
}

export function health(installation) {
  return installation.healthStatus === 'healthy' ? badge('good', 'Healthy') : badge('bad', 'Unhealthy');
}

/** Returns the name of a customer for people. */
export function customer(installation) {
  const group = installation?.group;
  return group ? group.groupName || group.groupRef : '';
}

/** Returns the state of a destination. */
export function destinationStatus({ trouble }) {
  if (!trouble) {
    return badge('good', 'Working');
  }
  if (trouble.disabled) {
    return badge('bad', 'Disabled');
  }
  return trouble.givenUpAt ? badge('bad', 'Messages given up') : badge('warn', 'Failing');
}

/** Returns the objects that an installation reads. */
export function objects(installation) {
  return Object.values(installation.config.content.read?.objects ?? {});
}

/** Returns a result without its name of the object, which stands beside it. */
export function reason(operation) {
  return (operation.result ?? '').replace(/^\[[^\]]*\] /, '');
}

export function operationName(operation) {
  const verb = operation.actionType === 'write' ? 'Write' : 'Read';
  return `${verb} of ${(operation.metadata.objects ?? []).join(', ')}`;
}

export function took(operation) {
  const end = operation.updateTime ? new Date(operation.updateTime) : new Date();
  return duration(end - new Date(operation.createTime));
}

export function empty(text) {
  return html`<p class="empty">${text}</p>`;
}

/** Shows a problem and its remedy. */
export function problem(failure) {
  return html`<div class="notice bad" role="alert">
    <p><strong>${failure.message}</strong></p>
    ${failure.issues?.length > 0
      ? html`<ul>${failure.issues.map((one) => html`<li><code>${one.name}</code> ${one.detail}</li>`)}</ul>`
      : nothing}
    ${failure.remedy ? html`<p>${failure.remedy}</p>` : nothing}
  </div>`;
}

/** Shows names with their values. Those without a value are left out. */
export function facts(pairs) {
  return html`<dl class="facts">
    ${pairs
      .filter(([, value]) => value !== undefined && value !== '' && value !== nothing)
      .map(([name, value, style]) => html`<div class=${style ?? ''}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

/** Shows links to the first and the next page of a list. */
export function pages(first, next, token) {
  if (!next && !token) {
    return nothing;
  }
  return html`<nav class="pages" aria-label="Pages">
    ${token ? html`<a class="button" href=${first}>First page</a>` : nothing}
    ${next ? html`<a class="button" href=${next}>Next page</a>` : nothing}
  </nav>`;
}
