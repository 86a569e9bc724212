// One integration: its objects, its revisions, and what differs between two of them.

import { html, nothing } from '/console/lit-html.js';
import { changes, compare } from '/console/changes.js';
import * as filters from '/console/filters.js';
import * as parts from '/console/parts.js';
import * as tables from '/console/tables.js';

const REVISIONS_SHOWN = 100;

export async function integration(page) {
  const base = ['integrations', page.rest[0]];
  await page.load(async () => {
    const [found, revisions] = await Promise.all([page.get(base), page.get([...base, 'revisions'])]);
    const after = page.query.get('after') || revisions[0].id;
    const before = page.query.get('before') || earlier(revisions, after);
    const list = await compare(page, found.id, before, after);
    page.show(found.name, view(page, { found, revisions, before, after, list }));
  });
}

/** Returns the revision before another; an empty text if that is the first one. */
function earlier(revisions, id) {
  return revisions[revisions.findIndex((one) => one.id === id) + 1]?.id ?? '';
}

function view(page, { found, revisions, before, after, list }) {
  const path = ['integrations', page.rest[0]];
  const choices = revisions.map((one) => [one.id, label(one)]);
  return html`
    <section aria-labelledby="objects">
      <h2 id="objects">Objects</h2>
      ${objects(found.latestRevision.content)}
    </section>
    <section aria-labelledby="difference">
      <h2 id="difference">What changed</h2>
      ${revisions.length > 1
        ? filters.form(page, path, { before, after }, [
            filters.choice('before', 'From', before ? choices : [['', 'Nothing'], ...choices]),
            filters.choice('after', 'To', choices),
          ])
        : html`<p class="hint">There is one revision, so all of it is new.</p>`}
      ${changes(list)}
    </section>
    <section aria-labelledby="revisions">
      <h2 id="revisions">Revisions</h2>
      ${revisions.length > REVISIONS_SHOWN ? html`<p class="hint">The newest ${REVISIONS_SHOWN}.</p>` : nothing}
      ${tables.table(
        'Revisions',
        [
          ['Deployed', (one) => parts.exact(one.createTime), 'main'],
          ['Id', (one) => html`<code>${one.id}</code>`, 'wide'],
          [
            'Changes',
            (one) => html`<a href=${page.to(path, { after: one.id, before: earlier(revisions, one.id) })}
              aria-label=${`Changes of ${label(one)}`}>Changes</a>`,
            'action',
          ],
        ],
        revisions.slice(0, REVISIONS_SHOWN),
      )}
    </section>
  `;
}

function label(revision) {
  return `${new Date(revision.createTime).toLocaleString()} (${revision.id.slice(0, 8)})`;
}

function objects(content) {
  const all = ['read', 'write'].flatMap((part) => (content[part]?.objects ?? []).map((one) => ({ part, ...one })));
  if (all.length === 0) {
    return parts.empty(content.proxy?.enabled ? 'It has only the proxy.' : 'It has no object.');
  }
  return tables.table(
    'Objects',
    [
      ['Object', (one) => html`<strong>${one.objectName}</strong>`, 'main'],
      ['Use', (one) => (one.part === 'read' ? 'Read' : 'Write')],
      ['Schedule', (one) => (one.schedule ? html`<code>${one.schedule}</code>` : '–')],
      ['Destination', (one) => one.destination ?? '–'],
      ['Delivered as', (one) => one.mapToName ?? '–'],
    ],
    all,
  );
}
