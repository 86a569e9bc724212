// Times that a filter offers.

const MILLIS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

/** What a choice of a time offers: the value in the address, and its text. */
export const CHOICES = [
  ['', 'Any'],
  ['hour', 'The last hour'],
  ['day', 'The last 24 hours'],
  ['week', 'The last 7 days'],
];

/** Returns the time when a period began, for the API; an empty text for any time. */
export function since(period) {
  const millis = MILLIS[period];
  return millis ? new Date(Date.now() - millis).toISOString() : '';
}
