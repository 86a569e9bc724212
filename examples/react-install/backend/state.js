import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../.pinferry/', import.meta.url);
const FILE = new URL('state.json', FOLDER);

/** Keeps what setup has made, readable by its owner only, since secrets are among it. */
export function save(state) {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  writeFileSync(FILE, JSON.stringify(state, null, 2), { mode: 0o600 });
}

/** Returns what setup has made. */
export function load() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch (failure) {
    throw new Error('Run "npm run setup" first: ' + failure.message, { cause: failure });
  }
}
