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
