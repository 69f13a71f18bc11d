// Where everything is, in the same four words on every page: on this device, sending, received, needs you.
import { make } from './elements.js';
import { counts } from './store.js';

/** @param {boolean} link whether it leads to the page with the list */
export async function showCounts(place, db, link = false) {
  const now = await counts(db);
  const part = (name, n, strong = false) => make('li', { class: `device__count${strong ? ' device__count--needs' : ''}` }, `${name} `, make('strong', {}, String(n)));
  const late = now.oldest < Date.now() - 24 * 3_600_000;
  place.replaceChildren(
    make('ul', { class: 'device__counts' }, part('On this device', now.here), part('Sending', now.sending), part('Received by the council', now.received), part('Needs you', now.needsYou, now.needsYou > 0)),
    ...late ? [make('span', { class: 'device__late' }, 'Something has waited for more than a day.')] : [],
    ...link ? [make('a', { class: 'govuk-link', href: '/offline' }, 'Open visits')] : []);
  place.hidden = false;
  return now;
}

/**
 * Says to the council how much waits here, in numbers and times, so that a manager sees a device that was forgotten. Nothing rests on it: without a connection it is not said.
 * @param {{ sent?: boolean }} how sent: it has just sent what it could
 */
export async function tellCounts(db, token, { sent = false } = {}) {
  const lock = await db.get('lock', 'lock');
  if (!lock || !token) return;
  const now = await counts(db);
  const says = { deviceId: lock.deviceId, onDevice: now.here, sending: now.sending, needsYou: now.needsYou, oldestAt: Number.isFinite(now.oldest) ? new Date(now.oldest).toISOString() : null, sent };
  await fetch('/hear/offline/device', {
    method: 'PUT', body: JSON.stringify(says), credentials: 'same-origin', redirect: 'manual', headers: { 'Content-Type': 'application/json', RequestVerificationToken: token, Accept: 'application/json' }, signal: AbortSignal.timeout(20_000),
  }).catch(() => {});
}
