// Takes children along for visits without a connection: opens the person's own store with their PIN, or makes it, and keeps in it what the server gives of
// each child that was chosen. The page for visits is kept by its service worker from then on.
import { make } from './elements.js';
import { faultOf, setUp, triesBeforeSignIn, unlock } from './offline/keys.js';
import { Store, counts, open, people, remove } from './offline/store.js';
import { ownPictures } from './offline/tools.js';

const form = document.querySelector('form[data-take]');
const person = document.querySelector('meta[name="person"]')?.content;
if (form && person) start();

async function start() {
  const isNew = !await hasLock();
  const pin = form.querySelector('#take-pin');
  const again = form.querySelector('#take-pin-again');
  form.querySelector('[data-again]').hidden = !isNew;
  if (!isNew) {
    form.querySelector('[data-pin-label]').textContent = 'Your PIN for visits';
    form.querySelector('[data-pin-hint]').textContent = 'The one you chose on this device.';
  }
  form.hidden = false;
  let busy = false;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute('aria-busy', 'true');
    try {
      await take();
    } finally {
      busy = false;
      form.removeAttribute('aria-busy');
    }
  });

  async function take() {
    const chosen = [...form.querySelectorAll('input[name="child"]:checked')];
    fault('children-fault', chosen.length === 0 ? 'Choose at least one child' : '');
    if (chosen.length === 0) return;
    if (!crypto.subtle || !navigator.serviceWorker) return fault('take-pin-fault', 'Nothing can be sealed here: the address is not secure (https), or this browser does not allow it, as in a private window.');
    const wrong = isNew ? faultOf(pin.value) || (pin.value !== again.value ? 'The two PINs are not the same' : '') : '';
    fault('take-pin-fault', wrong);
    if (wrong) return;
    // Without the page nothing of what is taken along could be opened, so nothing is.
    if (!await pageIsHere()) return fault('take-pin-fault', 'The page for visits could not be kept on this device, so nobody was taken along. Try again with a good connection.');
    const db = await open(person);
    try {
      const fresh = (await db.get('lock', 'lock')) === undefined;
      const opened = fresh ? { key: await setUp(db, pin.value, form.dataset.take) } : await unlock(db, pin.value, true);
      if (!opened.key) return fault('take-pin-fault', opened.waitMs > 0 ? `Wait ${Math.ceil(opened.waitMs / 1000)} seconds, then try again. Nothing is lost.` : `That is not the PIN. After ${triesBeforeSignIn} wrong ones you sign in first.`);
      pin.value = again.value = '';
      const store = new Store(db, person, opened.key, (await db.get('lock', 'lock')).deviceId);
      const taken = [];
      for (const box of chosen) taken.push(await fetchChild(store, box.value, box.labels[0].textContent.split(',')[0]));
      show(taken);
      if (fresh && (await counts(db)).taken === 0) {
        db.close();
        await remove(person);
      }
    } catch (problem) {
      fault('take-pin-fault', problem.name === 'QuotaExceededError' ? 'There is no room on this device.' : 'It could not be kept on this device. In a private window nothing can be.');
    } finally {
      db.close();
    }
  }

  async function fetchChild(store, id, name) {
    try {
      const answer = await fetch(`/hear/${id}/take-along`, { redirect: 'error', cache: 'no-store' });
      if (answer.status !== 200 || !answer.headers.get('Content-Type')?.includes('json')) return { name, fault: 'Not taken along: they are not one of your children any more.' };
      const child = await answer.json();
      await store.take(child, await picturesOf(store, child));
      return { name, child };
    } catch (problem) {
      if (problem.name === 'QuotaExceededError') return { name, fault: 'Not taken along: there is no room on this device. Send what waits, or make room, and try again.' };
      return { name, fault: 'Not taken along: the connection broke, or you were signed out. Try again.' };
    }
  }

  /** What the council's own tools show and is not on this device yet. */
  async function picturesOf(store, child) {
    const pictures = [];
    for (const id of new Set(child.tools.flatMap(ownPictures))) {
      if (await store.hasPicture(id)) continue;
      const answer = await fetch(`/tools/pictures/${id}`, { redirect: 'error', cache: 'no-store' });
      if (answer.status !== 200) throw new Error('No picture');
      pictures.push({ id, url: await asUrl(await answer.blob()) });
    }
    return pictures;
  }

  function show(taken) {
    const until = at => new Date(at).toLocaleString('en-GB', { weekday: 'long', hour: '2-digit', minute: '2-digit' });
    document.querySelector('[data-took-list]').replaceChildren(...taken.map(t => make('li', { class: 'entry' },
      make('h3', { class: 'entry__title' }, t.name), make('p', { class: 'entry__detail' }, t.fault ?? `${t.child.recording.says} On this device until ${until(t.child.expiresAt)}.`))));
    const took = document.querySelector('[data-took]');
    took.hidden = false;
    form.hidden = true;
    took.querySelector('[data-took-title]').focus();
    sayRoom();
  }

  /** Some browsers ask the person whether it may stay (Firefox), and they take their time: what was taken along is there meanwhile. */
  async function sayRoom() {
    const kept = await navigator.storage?.persist?.().catch(() => false);
    document.querySelector('[data-took-room]').textContent = kept ? 'The browser has promised to keep it.' : 'The browser may clear it when the device runs out of room, or after a week in which nobody opens it.';
  }
}

/** A store that was begun and has no key yet is as good as none: its PIN is chosen now. */
async function hasLock() {
  if (!(await people()).includes(person)) return false;
  const db = await open(person);
  try {
    return (await db.get('lock', 'lock')) !== undefined;
  } finally {
    db.close();
  }
}

/** Whether the page for visits is on this device, whole. */
async function pageIsHere() {
  return navigator.serviceWorker.register('/lib/offline/service-worker.js', { scope: '/offline' }).then(whenKept, () => false);
}

function whenKept(registration) {
  if (registration.active) return true;
  const worker = registration.installing ?? registration.waiting;
  return new Promise(resolve => worker.addEventListener('statechange', () => {
    if (worker.state === 'activated') resolve(true);
    if (worker.state === 'redundant') resolve(false);
  }));
}

function fault(id, text) {
  const place = document.getElementById(id);
  place.textContent = text;
  place.hidden = !text;
}

function asUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
