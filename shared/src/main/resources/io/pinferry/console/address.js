// The part of the address behind the hash: #/project/page/arguments?filters

/** Reads the address. */
export function current() {
  const [front, query] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [project, page, ...rest] = front.split('/').map(decoded);
  return { project, page: page || 'overview', rest, query: new URLSearchParams(query ?? '') };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Makes an address. Filters without a value are left out. */
export function to(project, parts, filters = {}) {
  const given = Object.entries(filters).filter(([, value]) => value);
  const query = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `#/${[project, ...parts].map(encodeURIComponent).join('/')}${query}`;
}
