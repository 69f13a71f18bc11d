// On every page of a practitioner's: where what they keep for visits without a connection is, in words and numbers. And when somebody signs out: what is not
// sent is said and stays, sealed; what was taken along goes; and where nothing of anybody is left, the browser is told to empty its storage.
import { showCounts, tellCounts } from './offline/counts.js';
import { counts, leave, onChange, open, people } from './offline/store.js';

const person = document.querySelector('meta[name="person"]')?.content;
const place = document.querySelector('[data-device]');
const ofSignOut = form => form.action?.toLowerCase().includes('/account/signout');

async function mine() {
  return person && (await people()).includes(person) ? open(person) : null;
}

if (place) {
  const draw = async () => {
    const db = await mine();
    if (!db) {
      place.hidden = true;
      return;
    }
    await showCounts(place, db, true);
    db.close();
  };
  draw();
  mine().then(async db => {
    if (!db) return;
    await tellCounts(db, document.querySelector('input[name="__RequestVerificationToken"]')?.value);
    db.close();
  });
  let later;
  onChange(() => {
    clearTimeout(later);
    later = setTimeout(draw, 300);
  });
}

/** How many things are on this device that nobody has received. */
async function unsent() {
  const db = await mine();
  if (!db) return 0;
  const now = await counts(db);
  db.close();
  return now.unsent + now.drafts;
}

const warning = document.querySelector('[data-unsent]');
if (warning) unsent().then(left => {
  document.querySelector('[data-unsent-says]').textContent = `${left === 1 ? 'One thing on this device has' : `${left} things on this device have`} not been received by the council. ${left === 1 ? 'It stays' : 'They stay'} here, sealed, and ${left === 1 ? 'goes' : 'go'} when you sign in again and open visits. The children you took along are taken off this device.`;
  warning.hidden = left === 0;
});

document.addEventListener('submit', async event => {
  const form = event.target;
  if (!ofSignOut(form) || 'looked' in form.dataset) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Said first, and then decided: the page for signing out has the number on it. Whoever leaves a device gets out, though the browser does not say what is kept on it.
  if (!warning && await unsent().catch(() => 0) > 0) {
    location.href = '/Account/SignOut';
    return;
  }
  if (person) await leave(person).catch(() => {});
  // What a child began and did not keep waits here for them (keep.js).
  if (await people().then(found => found.length === 0, () => false) && !Object.keys(localStorage).some(key => key.startsWith('own '))) {
    const nothing = document.createElement('input');
    Object.assign(nothing, { type: 'hidden', name: 'NothingKept', value: 'true' });
    form.append(nothing);
  }
  // Where nothing had to be waited for, as in a browser that does not list its databases, this is still the moment in which the form was sent first, and a browser takes no second one in it.
  await new Promise(resolve => setTimeout(resolve));
  form.dataset.looked = '';
  form.requestSubmit();
}, { capture: true });
