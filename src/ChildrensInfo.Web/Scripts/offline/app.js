// Visits where there is no connection: opens a person's own store with their PIN or passkey, keeps what is written and recorded, seals it, and sends it when there is
// a connection. Locks after five minutes in which nobody touches it.
import { draw } from './drawing.js';
import { button, make, sha256, uuid7 } from './elements.js';
import { addPasskey, closeText, dropPasskey, isOf, openText, passkeyOf, triesBeforeSignIn, unlock, unlockWithPasskey } from './keys.js';
import { CannotSend, recover, sync, tryAgain } from './outbox.js';
import { lend } from './own.js';
import { mayAsk } from './passkey.js';
import { photo } from './photo.js';
import { record } from './recorder.js';
import { rescueFiles } from './rescue.js';
import { reveal } from './reveal.js';
import { showCounts } from './counts.js';
import * as tools from './tools.js';
import { isBlank, textFault } from './written.js';
import { Gone, Store, onChange, open, people, pieceBytes, restsOn } from './store.js';

/** What a draft that is kept looks like: raised whenever that changes, and older ones are brought up to it when they are opened. */
const draftForm = 9;
const lockAfterMs = 5 * 60_000;
const keepAfterMs = 1_000;
const keepAgainMs = 5_000;
const sendEveryMs = 30_000;
/** From this age the portal speaks of a young person; from 16 they decide for themselves, from 8 it is thought about whether they can. */
const youngPersonAge = 13;
const decidesFromAge = 16;
const assessedFromAge = 8;
const adultAge = 18;
/** What a minute of sound takes on the disk, with some to spare: twice, since what is sealed is written once more before what it was made of goes. */
const bytesAMinute = 32_000 / 8 * 60 * 1.1 * 2;

const $ = selector => document.querySelector(selector);
const all = selector => [...document.querySelectorAll(selector)];
let store = null;
let child = null;
let draft = null;
let recorder = null;
let camera = null;
let pad = null;
let sending = null;
/** What somebody is asked about before it is deleted. */
let going = null;
/** While a child holds the device: their screen, the draft of their visit, and what of the page waits behind it. */
let lent = null;
/** The purpose that somebody is asked about. */
let asking = 'Audio';
let touchedAt = Date.now();

for (const element of all('[data-do]')) element.addEventListener('click', () => actions[element.dataset.do]?.(element.dataset.purpose));
for (const [name, submit] of Object.entries({ unlock: openStore, begin: beginVisit, words: sealWords, sound: sealSound, photo: sealPhoto, drawing: sealDrawing, tool: sealTool, ask: sealAnswer, stop: sealStop, takeback: takeBack, putwith: putWith, passkey: makePasskey })) {
  $(`[data-form="${name}"]`).addEventListener('submit', event => {
    event.preventDefault();
    const mine = store;
    once(() => {
      if (name in forms) beginSealing(event.target);
      // Of a no nothing typed is sent, so nothing typed holds it up.
      if ((submit !== sealAnswer || event.submitter?.value === 'Given') && textIsWrong(event.target)) return;
      return submit(event.submitter);
    }).catch(fault => {
      if (submit === openStore) return pinFault('What is kept here could not be opened. Close this page and open it again.');
      if (store === mine) sayFault(event.target, name in forms ? notSealedSays(fault) : notKeptSays(fault));
    });
  });
}
/** The forms of a visit, each with what its fields' names begin with. What they hold is kept in a draft under these names. */
const forms = { words: 'Words', sound: 'Sound', photo: 'Photo', drawing: 'Drawing', tool: 'Tool' };
const formOf = name => $(`[data-form="${name}"]`);
for (const name in forms) formOf(name).addEventListener('input', keepSoon);
for (const radio of formOf('words').elements['Words.Kind']) radio.addEventListener('change', showWordsKind);

let doing = null;
/** A double click seals once. */
async function once(work) {
  if (doing) return;
  doing = (async () => work())();
  try {
    await doing;
  } finally {
    doing = null;
  }
}

/** What is pressed while something is still being sealed comes after it. */
async function afterwards(work) {
  await doing?.catch(() => {});
  await once(work);
}

const actions = {
  home: () => once(goHome),
  back: () => showVisit(),
  lock: () => lock(),
  send: () => send({ now: true }),
  write: () => showPart('write'),
  record: () => showPart('record'),
  photo: () => showPart('photo'),
  draw: () => showPart('draw'),
  tool: () => showPart('tool'),
  clearTool: () => once(() => openTool(null)).catch(fault => sayFault(formOf('tool'), notKeptSays(fault))),
  discardPhoto: () => once(discardPhoto).catch(fault => sayFault(formOf('photo'), notKeptSays(fault))),
  ask: purpose => showAsk(purpose),
  handOver: () => afterwards(handOver).catch(() => sayHandOverFault('The device could not be handed over. Try again.')),
  end: () => afterwards(endVisit),
  another: () => another(),
  renew: () => renew(),
  passkey: () => once(openWithPasskey),
  dropPasskey: () => once(takePasskeyAway),
  rescue: () => once(saveToFile).catch(() => saySent('The file could not be made. Everything stays here.')),
};

function show(screen) {
  for (const section of all('[data-screen]')) section.hidden = section.dataset.screen !== screen;
  const title = $(`[data-screen="${screen}"] h1`);
  title?.focus();
  scrollTo(0, 0);
}

/* What the council would not take */

/** Looks at every text of a form that is asked for now, by the rules of WrittenText.cs, so that nothing is sealed that could never arrive. What is wrong is said beside it. */
function textIsWrong(form) {
  clearBeside(form);
  for (const control of form.elements) {
    if (!(control.tagName === 'TEXTAREA' || control.type === 'text') || control.closest('[hidden]')) continue;
    const wrong = textFault(control.value, control.dataset.most);
    if (!wrong) continue;
    sayBeside(control, wrong);
    return true;
  }
  return false;
}

function sayBeside(control, text) {
  clearBeside(control.form);
  const id = `${control.id}-beside`;
  (control.type === 'radio' ? control.closest('.govuk-radios') : control).before(make('p', { class: 'govuk-error-message', id, role: 'alert', 'data-beside': control.id }, text));
  control.setAttribute('aria-describedby', [id, control.getAttribute('aria-describedby')].filter(Boolean).join(' '));
  control.setAttribute('aria-invalid', 'true');
  control.closest('details')?.setAttribute('open', '');
  control.focus();
}

function clearBeside(form) {
  for (const said of form.querySelectorAll('[data-beside]')) {
    const control = document.getElementById(said.dataset.beside);
    const others = (control.getAttribute('aria-describedby') ?? '').split(' ').filter(id => id && id !== said.id);
    if (others.length > 0) control.setAttribute('aria-describedby', others.join(' '));
    else control.removeAttribute('aria-describedby');
    control.removeAttribute('aria-invalid');
    said.remove();
  }
}

/* Opening and locking */

async function start() {
  navigator.serviceWorker?.register('/lib/offline/service-worker.js', { scope: '/offline' }).then(watchForNewer, () => {});
  const stores = await people();
  // Who is signed in sees their own; without an answer soon, whoever knows the PIN.
  const signedIn = await fetch('/hear/offline/token', { redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(1500) })
    .then(r => r.headers.get('Content-Type')?.includes('json') ? r.json() : null).then(a => a?.person ?? null).catch(() => null);
  const mine = signedIn ? stores.filter(p => p === signedIn) : stores;
  if (mine.length === 0) {
    show('nothing');
    return;
  }
  candidates = { mine, signedIn };
  $('[data-who]').hidden = mine.length === 1;
  showLock();
}

function showLock() {
  const button = $('[data-do="passkey"]');
  button.hidden = true;
  passkeyFault('');
  show('lock');
  $('#pin').focus();
  passkeyUsable().then(usable => { button.hidden = !usable; }, () => {});
}

/** Whether the only store on this device has a passkey. On a device that several people use, one opens for whoever can unlock the device. */
async function passkeyUsable() {
  if (await isShared()) return false;
  const db = await open(candidates.mine[0]);
  try {
    return await passkeyOf(db) !== null;
  } finally {
    db.close();
  }
}

const isShared = async () => (await people()).length > 1;

let candidates = { mine: [], signedIn: null };

async function openStore() {
  const pin = $('#pin').value;
  for (const person of candidates.mine) {
    const db = await open(person);
    if (candidates.mine.length > 1 && !await isOf(db, $('#who').value)) {
      db.close();
      continue;
    }
    const { key, ...why } = await unlock(db, pin, candidates.signedIn === person);
    $('#pin').value = '';
    if (!key) {
      db.close();
      return pinFault(pinSays(why));
    }
    return enter(person, db, key);
  }
  pinFault('That email address and PIN do not match');
}

async function openWithPasskey() {
  passkeyFault('');
  const [person] = candidates.mine;
  const db = await open(person);
  let key;
  try {
    key = await unlockWithPasskey(db);
  } catch {
    // Called off, timed out, or it is not there any more.
    db.close();
    return passkeyFault('No passkey opened it. Try again, or enter your PIN. Nothing is lost.');
  }
  await enter(person, db, key);
}

async function enter(person, db, key) {
  if (!await onlyHere(person)) {
    db.close();
    show('elsewhere');
    return;
  }
  store = new Store(db, person, key, (await db.get('lock', 'lock')).deviceId);
  pinFault('');
  touchedAt = Date.now();
  $('[data-do="lock"].device__lock').hidden = false;
  if (await isShared()) await dropPasskey(db);
  const mine = store;
  markLent(false);
  await recover(mine);
  await mine.closeEarlier();
  await mine.tidy();
  await foldOwn(mine);
  if (store !== mine) return;
  await showPasskey();
  await goHome();
  send();
}

function pinSays({ signIn, waitMs, wrong }) {
  if (signIn) return `That was wrong ${triesBeforeSignIn} times. Sign in with a connection first, then your PIN is looked at again. Nothing is lost.`;
  if (waitMs > 0) return `${wrong ? 'That is not the PIN. ' : ''}Wait ${waitMs > 90_000 ? `${Math.ceil(waitMs / 60_000)} minutes` : `${Math.ceil(waitMs / 1000)} seconds`}, then try again. Nothing is lost.`;
  return 'That is not the PIN';
}

function passkeyFault(text) {
  $('#passkey-fault').textContent = text;
  $('#passkey-fault').hidden = !text;
}

function pinFault(text) {
  $('#pin-fault').textContent = text;
  $('#pin-fault').hidden = !text;
  $('#pin').classList.toggle('govuk-input--error', Boolean(text));
}

let release = null;
/** Two tabs with the same store could keep the same words twice. The lock goes with the tab, however it goes. */
function onlyHere(person) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise(resolve => {
    navigator.locks.request(`visits of ${person}`, { ifAvailable: true }, got => {
      resolve(got !== null);
      return got === null ? undefined : new Promise(done => { release = done; });
    });
  });
}

/** What could not be written to the disk when the page was locked: sealed, so that nobody reads it here, and there again for whoever opens the store in this page. */
let unsaved = null;
let locking = null;

/** Nothing of anybody stays in the page: not the key, not a name, not a word. The microphone is off. */
function lock(why = '') {
  locking ??= lockNow(why).finally(() => { locking = null; });
  return locking;
}

async function lockNow(why) {
  if (!store) return;
  await recorder?.stop('The device was locked, so the recording was stopped. What was recorded until then is kept.').catch(() => {});
  try {
    await keepNow();
  } catch {
    const left = { ...draft, ...typed() };
    unsaved = { person: store.person, id: draft.id, box: await closeText(store.key, `unsaved ${draft.id}`, { draft: left, lines: otherFrom < Infinity ? lines : null }) };
    why = `${why} The last of what was typed or drawn could not be saved on this device. Leave this page as it is, and open it again: it is still there, sealed, as long as the page is not closed.`.trim();
  }
  store.db.close();
  store = sending = null;
  emptyPage();
  tools.forget();
  release?.();
  release = null;
  $('[data-do="lock"].device__lock').hidden = true;
  $('[data-device-counts]').hidden = true;
  $('[data-locked-why]').textContent = why;
  $('[data-locked-why]').hidden = !why;
  showLock();
}

/** Nothing stays in the page of whatever was open: not a name, not a word. What a child had before them goes as a whole, and the page is there again. */
function emptyPage() {
  child = draft = going = null;
  kept = changes;
  otherFrom = Infinity;
  clearTimeout(later);
  later = null;
  recorder?.forget();
  pad?.restore([]);
  if (lent) {
    lent.screen.close();
    ({ recorder, pad } = lent);
    lent = null;
  }
  recorder?.forget();
  camera?.forget();
  pad?.restore([]);
  tools.show($('[data-tool]'), null);
  for (const form of all('form')) {
    form.reset();
    clearBeside(form);
  }
  showWordsKind();
  reveal();
  showPeople();
  showMade();
  for (const list of all('[data-list]')) list.replaceChildren();
  for (const text of all('[data-name], [data-visit-facts], [data-keeping-says], [data-permission], [data-asked-permission], [data-photo-permission], [data-person-permission], [data-photo-refused], [data-photo-kept], [data-drawing-kept], [data-explain], [data-wording], [data-kept], [data-tool-kept], [data-tool-title], [data-sealed-said], [data-send-said], [data-take-back-what], [data-put-with-what], [data-device-counts]')) text.replaceChildren();
  for (const section of all('[data-fault], [data-end-fault], [data-hand-over-fault]')) section.textContent = '';
  $('#stop-by').replaceChildren();
  stopsShown = othersShown = '';
}

for (const touch of ['pointerdown', 'keydown', 'input']) addEventListener(touch, () => { touchedAt = Date.now(); }, { capture: true, passive: true });
function lockWhenLeft() {
  // Somebody who records and listens touches nothing. One that is paused, or asks for the microphone, listens to nobody.
  if (recorder?.isRecording()) touchedAt = Date.now();
  if (store && Date.now() - touchedAt > lockAfterMs) lock('Locked, because nobody touched it for five minutes.');
}
setInterval(lockWhenLeft, 2_000);
// The device is handed to a child: nothing stays open behind their screen.
new BroadcastChannel('visits').addEventListener('message', ({ data }) => { if (data === 'lock') lock(); });

/* A passkey, besides the PIN */

async function showPasskey(said = '') {
  const [passkey, shared, able] = await Promise.all([passkeyOf(store.db), isShared(), mayAsk()]);
  const form = formOf('passkey');
  form.hidden = passkey !== null || shared || !able;
  form.reset();
  sayFault(form, '');
  $('[data-do="dropPasskey"]').hidden = passkey === null;
  const says = $('[data-passkey-says]');
  says.textContent = said || (shared ? 'Several people keep visits on this device, and its passkeys are there for whoever can unlock it. So your PIN alone opens yours.'
    : passkey ? 'Your passkey opens what is kept here, and so does your PIN.'
      : able ? '' : 'This browser cannot open what is kept here with a passkey. Your PIN opens it, as before.');
  says.hidden = says.textContent === '';
}

async function makePasskey() {
  const form = formOf('passkey');
  const mine = store;
  sayFault(form, '');
  let added, why;
  try {
    ({ added, ...why } = await addPasskey(mine.db, $('#passkey-pin').value, candidates.signedIn === mine.person));
  } catch {
    if (store !== mine) return;
    return sayFault(form, 'No passkey was made. Try again, or go on with your PIN.');
  }
  if (store !== mine) return;
  if (added === undefined) return sayFault(form, pinSays(why));
  await showPasskey(added ? '' : 'That passkey cannot open what is kept here: this device, or what keeps its passkeys, does not give what is needed for it. Your PIN opens it, as before.');
}

async function takePasskeyAway() {
  await dropPasskey(store.db);
  await showPasskey('Your PIN alone opens what is kept here now. You can delete the passkey where this device keeps its passkeys.');
}

/* Home */

async function goHome() {
  if (recorder?.isRunning()) {
    sayEndFault('It is recording. Stop the recording first.');
    return;
  }
  try {
    await keepNow();
  } catch {
    sayEndFault('The last of what was typed or drawn is not saved on this device yet. Make room, by sending what waits, or copy it somewhere else: it is lost when you leave it now.');
    return;
  }
  const mine = store;
  child = draft = going = null;
  await drawHome();
  if (store !== mine) return;
  await showCounts($('[data-device-counts]'), mine.db).catch(() => {});
  if (store === mine) show('home');
}

async function drawHome() {
  const mine = store;
  try {
    if (mine) await drawHomeOf(mine);
  } catch (fault) {
    // Locked in the middle of it: there is nothing to draw any more.
    if (store === mine) throw fault;
  }
}

async function drawHomeOf(mine) {
  const [children, drafts, rows] = await Promise.all([mine.taken(), mine.drafts(), mine.outbox()]);
  const opened = await Promise.all(rows.map(row => row.box ? mine.opened(row).catch(() => ({ shown: 'This cannot be read on this device any more' })) : { shown: 'Sent' }));
  const room = await roomSays();
  if (store !== mine) return;
  const refused = new Set(rows.filter(r => r.kind === 'Visit' && r.state === 'parked').map(r => r.id));
  const items = rows.map((row, i) => itemOf(row, opened[i], refused.has(opened[i].sessionId)));
  plansMade = new Set(opened.map(o => o.plannedId).filter(Boolean));
  fill('drafts', drafts.map(d => entry(d.name, `${dayOf(d.visit.occurredOn)}. ${d.own ? 'Begun by themselves, and not kept. ' : ''}On this device, not sealed.`, button('Go on', () => once(() => openVisit(d))))));
  $('[data-open-visits]').hidden = drafts.length === 0;
  fill('children', children.map(c => entry(c.name, `${c.age == null ? 'Age not known' : `${c.age} years old`}. ${permissionOf(c, 'Audio').says.replace(/^Not asked yet/, 'Recording: not asked yet')} Here until ${timeOf(c.until)}.`, button('Start a visit', () => showBegin(c)))));
  $('[data-none-taken]').hidden = children.length > 0;
  fill('outbox', items.reverse());
  $('[data-none-sealed]').hidden = items.length > 0;
  $('[data-room]').textContent = room;
}

/** @param {boolean} visitIsRefused the visit that it was said in does not go, and so it does not either */
function itemOf(row, item, visitIsRefused) {
  const waits = row.state === 'ready' && visitIsRefused;
  const [state, detail] = {
    ready: ['On this device', waits ? 'Its visit needs you, and it goes after that: or put it with another visit.' : row.tries > 0 ? `Tried ${row.tries === 1 ? 'once' : `${row.tries} times`}, and again at ${timeOf(row.nextAt)}.` : ''],
    sending: ['Sending', ''],
    received: ['Received by the council', row.hadArrived ? 'It had arrived before you deleted it, so it stands on the child’s page.' : row.heldFor === 'answer' ? 'It is locked there until you say whether anybody else can be heard on it: it is on your first page.' : row.heldFor === 'others' ? 'It is locked there until everybody else who is heard has said yes.' : row.held ? 'It is locked there: there is no permission for it any more. It is on your first page.' : ''],
    parked: ['Needs you', `${row.reason} It stays on this device.`],
  }[row.state];
  const old = row.state !== 'received' && Date.now() - row.sealedAt > 24 * 3_600_000 ? ' It has waited for more than a day.' : '';
  const more = row.state !== 'parked' ? [] : [button('Try again', () => tryAgain(store, row.id).then(() => send({ now: true })), 'secondary')];
  // Nobody reads here what is sealed, so what may be mended is which visit, and whose, it belongs to. Words from a form of the page that could still read them can be changed;
  // what was decided is asked again.
  if (row.state === 'parked' && row.kind === 'Record' && !row.recording && item.bytes) more.push(button('Change it', () => once(() => mend(row, item)), 'secondary'));
  if ((row.state === 'parked' || waits) && row.kind === 'Record' && row.closed) more.push(button('Put it with another visit', () => once(() => askPutWith(row, item)), 'secondary'));
  if (['ready', 'parked'].includes(row.state) && ['Visit', 'Record'].includes(row.kind) && row.box) more.push(button('Delete it', () => once(() => askTakeBack(row, item)), 'secondary'));
  return entry(item.shown, `${state}. Sealed ${timeOf(row.sealedAt)}. ${detail}${old}`, ...more);
}

/** Words that were refused go back to where they were written, as they are; the seal of before goes in the same step. */
async function mend(row, item) {
  const { record } = JSON.parse(item.bytes);
  const words = { 'Words.Text': record.text, 'Words.Provenance': record.provenance, 'Words.Speaker': record.speaker === 'YoungPerson' ? 'Child' : record.speaker, 'Words.Subjects': record.subjects ?? [record.subjectMatter], 'Words.Layer': record.layer, 'Words.Language': record.language };
  const again = { ...nothingYet(), childId: item.childId, name: item.name, age: item.age, language: record.language, visit: { id: item.sessionId, occurredOn: item.on }, words };
  const mine = store;
  await mine.unseal(row.id, again);
  if (store === mine) await openVisit(again);
}

/** Which visit a thing belongs to can be mended without reading it, and with the visit the child. */
async function askPutWith(row, item) {
  const mine = store;
  const rows = (await mine.outbox()).filter(r => r.kind === 'Visit' && r.state !== 'parked' && r.box);
  const visits = (await Promise.all(rows.map(async r => ({ id: r.id, ...await mine.opened(r).catch(() => ({})) })))).filter(v => v.childId && v.id !== item.sessionId);
  if (store !== mine) return;
  going = row;
  const form = $('[data-form="putwith"]');
  sayFault(form, '');
  $('[data-put-with-what]').textContent = item.shown;
  fill('visits', visits.map((visit, i) => make('div', { class: 'govuk-radios__item' },
    make('input', { class: 'govuk-radios__input', type: 'radio', name: 'visit', id: `visit-${i}`, value: visit.id }),
    make('label', { class: 'govuk-label govuk-radios__label', for: `visit-${i}` }, visit.shown))));
  $('[data-no-visits]').hidden = visits.length > 0;
  form.hidden = visits.length === 0;
  show('putwith');
}

async function putWith() {
  const form = $('[data-form="putwith"]');
  const id = new FormData(form).get('visit');
  if (!going) return;
  if (!id) return sayFault(form, 'Choose a visit');
  const visit = { id, ...await store.opened(await store.db.get('outbox', id)) };
  const kind = (await store.opened(going)).what ?? (going.recording ? 'recording' : 'words');
  try {
    await store.putWith(going, visit, `${visit.shown.split(':')[0]}: ${kind}`);
  } catch (fault) {
    if (!(fault instanceof Gone)) throw fault;
    return sayFault(form, 'It is being sent, or was: it cannot be put elsewhere any more.');
  }
  await goHome();
  send({ now: true });
}

/** Before something that was not sent is deleted: what goes and what stays is said, and a reason asked. */
async function askTakeBack(row, item) {
  const said = $('[data-send-said]');
  const mine = store;
  const rests = row.kind === 'Visit' && ((await mine.drafts()).some(d => d.visit.id === row.id)
    || (await Promise.all((await mine.outbox()).filter(r => r.kind === 'Record' && r.state !== 'received' && r.box).map(r => mine.opened(r).catch(() => ({}))))).some(i => i.sessionId === row.id));
  if (store !== mine) return;
  said.textContent = rests ? 'End this visit first, and delete what was said in it: without its visit it could not be sent.' : '';
  said.hidden = !rests;
  if (rests) return said.scrollIntoView({ block: 'center' });
  going = row;
  const form = $('[data-form="takeback"]');
  form.reset();
  sayFault(form, '');
  $('[data-take-back-what]').textContent = item.shown;
  $('[data-take-back-tried]').hidden = row.tries === 0 && row.acks === 0;
  show('takeback');
}

async function takeBack() {
  const form = $('[data-form="takeback"]');
  const fields = new FormData(form);
  const reason = fields.get('TakenBack.Reason');
  if (!going) return;
  if (!reason) return sayFault(form, 'Choose why it is deleted');
  try {
    await store.takeBack(going, uuid7(), reason, fields.get('TakenBack.Why')?.trim());
  } catch (fault) {
    if (!(fault instanceof Gone)) throw fault;
    return sayFault(form, 'It is being sent, or was: it cannot be deleted here any more.');
  }
  await goHome();
  send();
}

const entry = (title, detail, ...more) => make('li', { class: 'entry' }, make('h3', { class: 'entry__title' }, title), make('p', { class: 'entry__detail' }, detail), ...more);
const fill = (list, items) => $(`[data-list="${list}"]`).replaceChildren(...items);
const dayOf = on => new Date(`${on}T12:00`).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
const timeOf = at => new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });

async function minutesLeft() {
  const { quota, usage } = await navigator.storage?.estimate?.() ?? {};
  return quota ? Math.floor((quota - usage) * 0.9 / bytesAMinute) : null;
}

async function roomSays() {
  const minutes = await minutesLeft();
  const persisted = await navigator.storage?.persisted?.();
  const room = minutes === null ? '' : minutes > 600 ? 'There is room for more than ten hours of recording. ' : `There is room for about ${minutes} minutes of recording. `;
  return `${room}${persisted ? 'The browser has promised to keep it.' : 'The browser may clear it when the device runs out of room, or after a week in which nobody opens this page: send soon.'}`;
}

/* Sending */

async function send({ now = false } = {}) {
  // Whoever presses the button while it sends by itself is answered after that.
  while (now && sending) await sending;
  if (!store || sending || lent) return;
  const said = $('[data-send-said]');
  const mine = store;
  // What was under way when somebody locked the page says nothing to whoever opens it next.
  const run = sync(mine, { now }).then(({ left }) => {
    if (store !== mine) return;
    if (now) said.textContent = left === 0 ? 'Everything is with the council.' : 'Not everything could be sent. It stays here, and is tried again.';
    else said.textContent = '';
  }, fault => {
    if (store !== mine) return;
    if (!(fault instanceof CannotSend)) {
      said.textContent = 'It could not be sent. Everything stays here.';
      return;
    }
    said.textContent = { offline: now ? 'There is no connection to the council. Everything stays here, and is tried again.' : '', 'somebody-else': 'Somebody else is signed in on this device. What is yours stays sealed until you sign in yourself.',
      lent: 'This device is handed to a child now. Everything stays here, and is sent when you have taken it back.',
      role: 'Your account does not record visits any more. Everything stays here: save it to a file below, and give that to your administrator.',
    }[fault.why] ?? '';
    if (fault.why === 'sign-in') said.replaceChildren('You have been signed out. ', make('a', { class: 'govuk-link', href: '/Account/SignIn?returnUrl=%2Foffline' }, 'Sign in'), ' to send. Nothing is lost.');
  }).finally(() => {
    if (sending === run) sending = null;
    if (store !== mine) return;
    said.hidden = said.textContent === '';
    if (draft === null && child === null && going === null) drawHome();
  });
  sending = run;
  await run;
}

function saySent(text) {
  $('[data-send-said]').textContent = text;
  $('[data-send-said]').hidden = !text;
  if (text) $('[data-send-said]').scrollIntoView({ block: 'center' });
}

/** For a device that does not reach the council any more. Nothing goes from here by that: what is in the file is kept once, whichever way it comes first. */
async function saveToFile() {
  const mine = store;
  const saved = await rescueFiles(mine);
  if (store !== mine) return;
  if (!saved) return saySent('There is nothing to save that could be closed for the council. This page needs a connection once for that.');
  for (const { file, name } of saved.files) {
    const link = make('a', { href: URL.createObjectURL(file), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
  const [files, them] = saved.files.length === 1 ? ['the file', 'it'] : [`${saved.files.length} files`, 'all of them'];
  saySent(`${saved.count === 1 ? 'One thing is' : `${saved.count} things are`} in ${files}. Only the council can open ${them}: give ${them} to your administrator. Everything stays here too.`);
}
addEventListener('online', () => send());
document.addEventListener('visibilitychange', () => {
  // A device that slept had no clock that ran.
  lockWhenLeft();
  if (!document.hidden) send();
});
setInterval(() => send(), sendEveryMs);
let drawing = null;
onChange(() => {
  clearTimeout(drawing);
  drawing = setTimeout(() => {
    if (!store) return;
    if (lent) return learn().catch(() => {});
    showCounts($('[data-device-counts]'), store.db).catch(() => {});
    if (draft === null && child === null) drawHome();
    else if (draft !== null) learn().catch(() => {});
  }, 100);
});

/** In another tab the child may have been taken along once more, or somebody signed out: an open visit goes by what is there now. */
async function learn() {
  const [mine, visit] = [store, draft];
  const children = await mine.taken();
  if (store !== mine || draft !== visit) return;
  const found = children.find(c => c.childId === visit.childId) ?? null;
  // Whoever is being asked can still say no.
  if (found || lent || $('[data-screen="ask"]').hidden) child = found;
  if (lent) lent.screen.mayRecord(permissionOf(child, 'Audio').allowed);
  else showPermissions();
}

/* A visit */

/**
 * What may be asked on a visit, and what is told. taken: where it stood when the child was taken along, with what is read and who decides beside them; of a child who was taken along by an earlier form of
 * this page, as much as that knew. kept: what of a draft rests on it.
 */
const permissions = {
  KeepRecord: {
    title: 'Tell them that what they say is written down', to: 'being written down', taken: c => ({ wordings: [], says: '', ...c.keeping, adults: [] }), runOut: 'What you took along has run out.', isTold: true,
  },
  Audio: {
    title: 'Record their voice', to: 'recording', kept: 'recording', taken: c => ({ adults: c.adults, wordings: c.wordings, ...c.recording }), runOut: 'What you took along has run out, so nothing can be recorded. You can write.',
    offSays: 'The microphone stays off until there is a yes. Ask first, or write.', stopSays: 'There is no permission any more. Discard the recording; you can still write down what was said.',
    heldSays: 'Nobody said no, but there is no permission on this device now. Seal the recording: the council keeps it locked, and nobody plays it, unless there is a permission.',
  },
  ImageWork: {
    title: 'Photograph what they made', to: 'photos of what they make', kept: 'picture', taken: c => ({ adults: c.adults, wordings: [], ...c.photographing }), runOut: 'What you took along has run out, so no photo can be taken.',
    offSays: 'No photo is taken until there is a yes. Ask first, or let them draw it here.', neverSays: 'There is no permission to photograph what they made. Ask for that first, or discard the photo', stopSays: 'There is no permission to photograph what they made any more. Discard the photo.',
    heldSays: 'Nobody said no, but there is no permission on this device now. Seal the photo: the council keeps it locked, and nobody sees it, unless there is a permission.',
  },
  ImagePerson: {
    title: 'Take photos on which they can be recognised', to: 'photos of people', kept: 'picture', taken: c => ({ adults: c.adults, wordings: [], ...c.photographingPeople }), runOut: 'What you took along has run out, so no photo of anybody can be taken.',
    stopSays: 'There is no permission any more for a photo on which a person can be recognised. Discard the photo.',
    neverSays: 'There is no permission for a photo on which a person can be recognised. Ask for that first, or take another photo without anybody on it',
  },
};

/** What is told or asked about a purpose: of one that has no place of its own on a visit, as it was taken along. */
const askOf = (purpose, c = child) => permissions[purpose] ?? otherAsk(c?.others?.find(o => o.purpose === purpose));
const otherAsk = ({ title, permission }) => ({ title, to: `“${title}”`, taken: () => permission, isTold: permission.isTold });

/** What was decided here about a purpose as such, or for one visit; not for one person or project alone, and that a child would like it is no yes. The first form of this page asked about nothing but recording, and did not say so. */
const decidedOn = (c, purpose) => (c.decided ?? []).filter(d => (d.purpose ?? 'Audio') === purpose && !d.recipientId && !d.projectId && d.decision !== 'Asked');

/** Of what is told: an objection stands, though they are told again, until whoever objected does not mind any more (ConsentHistory.DecideNotice). */
function toldOf(c, purpose, taken) {
  const made = decidedOn(c, purpose);
  const objected = made.findLastIndex(d => d.decision === 'Objected');
  const letBe = made.findLastIndex(d => d.decision === 'Told' && d.letBe);
  const objects = objected > letBe || (objected < 0 && letBe < 0 && taken.state === 'Objected');
  const says = objects ? objected < 0 ? taken.says : 'They do not want it, and said so on this device. What they say can still be written down.'
    : made.length === 0 ? taken.says.replace(/^Not asked yet/, 'Not told yet') : letBe >= 0 ? 'They do not mind any more, and said so on this device.' : 'They were told, on this device.';
  return { objects, allowed: !objects && (made.length > 0 || taken.allowed), saidStop: false, stands: false, says };
}

function permissionOf(c, purpose) {
  if (!c) return { allowed: false, saidStop: false, stands: false, says: permissions[purpose].runOut };
  const { taken: of, isTold } = askOf(purpose, c);
  if (isTold && of(c).state) return toldOf(c, purpose, of(c));
  const made = decidedOn(c, purpose);
  // What was decided for one visit alone is nothing to another.
  const last = made.findLast(d => !d.sessionId || d.sessionId === draft?.visit?.id);
  if (last) {
    const general = made.findLast(d => !d.sessionId);
    // A yes for one visit ends with its day or, said later, with the day on which it was said (ConsentRules.LastDay); the server holds what was begun after that.
    const over = last.sessionId && last.decision === 'Given' && draft.visit.occurredOn < today() && today(new Date(last.at)) < today();
    if (over) return { forVisit: true, isOver: true, allowed: false, saidStop: false, stands: true, says: 'The yes was for this visit and ended with it. Ask again first.' };
    return {
      forVisit: !!last.sessionId && !(general ? general.decision === 'Given' : of(c).allowed),
      allowed: last.decision === 'Given', saidStop: last.decision === 'Refused' || last.decision === 'Withdrawn', stands: last.decision === 'Given',
      says: { Given: last.sessionId ? 'They said yes for this visit, on this device.' : 'They said yes, on this device.', Deferred: 'They want to think about it. Until there is a yes, the answer is no.' }[last.decision] ?? 'They said no, on this device.',
    };
  }
  const taken = of(c);
  if (!taken.state) return { allowed: false, saidStop: false, stands: false, says: 'Not known on this device. Take the child along again, with a connection.' };
  const expired = taken.expiresOn && taken.expiresOn < today();
  return { allowed: taken.allowed && !expired, saidStop: taken.saidStop, stands: ['Given', 'Expired', 'NeedsRefresh'].includes(taken.state), says: expired ? 'The yes ran out. Ask again first.' : taken.says };
}

function today(now = new Date()) {
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
}

function yearsAgo(years) {
  const then = new Date();
  then.setFullYear(then.getFullYear() - years);
  return then;
}

/** Plans that are visits by now, though the council may not know it yet. */
let plansMade = new Set();

function showBegin(c) {
  child = c;
  $('[data-form="begin"]').reset();
  for (const [i, person] of all('[data-present]').entries()) person.hidden = i > 0;
  $('[data-do="another"]').hidden = false;
  for (const details of all('[data-form="begin"] details')) details.open = false;
  $('#met-on').value = $('#met-on').max = today();
  // Taken along before it was asked for: none.
  const plans = (c.plans ?? []).filter(p => !plansMade.has(p.id));
  const planned = $('[data-form="begin"]').elements['Visit.PlannedId'];
  planned.replaceChildren(make('option', { value: '' }, 'No'), ...plans.map(({ id, on }) => make('option', { value: id }, `The one planned for ${dayOf(on)}`)));
  planned.value = plans.find(p => p.on <= today())?.id ?? '';
  $('[data-planned]').hidden = plans.length === 0;
  for (const name of all('[data-screen="begin"] [data-name]')) name.textContent = c.name;
  // Nothing, where nobody has asked them, and of whoever was taken along before it was sent.
  $('[data-communicates] span').textContent = c.communicates ?? '';
  $('[data-communicates]').hidden = !c.communicates;
  fill('do-not-tell', c.doNotTell.map(rule => make('li', {}, rule)));
  $('[data-do-not-tell]').hidden = c.doNotTell.length === 0;
  show('begin');
}

/** Shows room for one person more who was there. */
function another() {
  const next = all('[data-present]').find(person => person.hidden);
  next.hidden = false;
  next.querySelector('input').focus();
  $('[data-do="another"]').hidden = all('[data-present]').every(person => !person.hidden);
}

/** Who else was there; what is left empty is nobody. */
function presentIn(fields) {
  return all('[data-present]').map((_, i) => {
    const value = name => fields.get(`Visit.Present[${i}].${name}`) || null;
    return { who: value('Who'), role: value('Role'), inEarshot: value('InEarshot') };
  }).filter(p => p.who || p.role || p.inEarshot);
}

/** How it was, as far as it is said. */
function howItWasIn(fields) {
  const value = name => fields.get(`Visit.${name}`) || null;
  return {
    offered: fields.getAll('Visit.Offered'), notUsedReason: value('NotUsedReason'), outcome: value('Outcome'), deviceHeldBy: value('DeviceHeldBy'),
    spokeFreely: value('SpokeFreely'), toldHow: value('ToldHow'), understanding: value('Understanding'),
  };
}

async function beginVisit() {
  const form = $('[data-form="begin"]');
  const fields = new FormData(form);
  const visit = { id: uuid7(), occurredOn: fields.get('Visit.OccurredOn'), place: fields.get('Visit.Place'), seenAlone: fields.get('Visit.SeenAlone'), plannedId: fields.get('Visit.PlannedId') || null, present: presentIn(fields), ...howItWasIn(fields) };
  if (!visit.occurredOn || visit.occurredOn > today()) return sayFault(form, 'The date of the visit must be today or in the past');
  // A slip in the year would be refused, and nobody can change it once it is sealed.
  if (child.age != null && visit.occurredOn <= today(yearsAgo(child.age + 1))) return sayFault(form, 'The date of the visit must be after the child was born');
  if (!visit.place) return sayFault(form, 'Choose where you met');
  if (!visit.seenAlone) return sayFault(form, 'Say whether the child was seen alone');
  if (visit.present.some(p => !p.role)) return sayFault(form, 'Choose what each person who was there is to the child');
  if (visit.present.some(p => !p.inEarshot)) return sayFault(form, 'Say of each person who was there whether they could hear');
  if (visit.notUsedReason && visit.offered.length === 0) return sayFault(form, 'Choose what you offered, or leave empty why it was not used');
  sayFault(form, '');
  const begun = { ...nothingYet(), childId: child.childId, name: child.name, age: child.age, language: child.language, visit, sound: soundYet(child, visit) };
  const mine = store;
  await mine.seal('Visit', { id: visit.id, childId: child.childId, visit }, { draft: begun, shown: `${child.name}: visit on ${dayOf(visit.occurredOn)}`, plannedId: visit.plannedId });
  if (store === mine) await openVisit(begun);
}

/**
 * The draft of a visit in which nothing was said. sheet: what is drawn is kept under it, line by line. made: what was sealed of what they made here, so that it can be said what they
 * say about it. shown: the tool that is open, as it is shown. aside: others that were begun, each with what was answered. own: a child held the device. keptFrom: by the name of a form, whom the child does not want told what is
 * in it.
 */
const nothingYet = () => ({ v: draftForm, id: uuid7(), words: {}, sound: {}, photo: {}, drawing: {}, tool: {}, shown: null, aside: [], recording: null, picture: null, sheet: uuid7(), made: [], own: false, keptFrom: {} });

const heardName = 'Sound.Before.OthersHeard';
const anybodyName = 'Sound.Before.AnybodyElseHeard';

/** Who was at a visit and is not known to have been out of earshot. In an earlier form of this page who was there was one text. */
const nearAt = visit => Array.isArray(visit.present) ? visit.present.filter(p => p.inEarshot !== 'No') : [];

/** Who of the people in the child's life they are, as far as it can be told (OtherVoices.cs): ticked where it is asked who can be heard, to be looked at. */
function knownAt(of, visit) {
  return [...new Set(nearAt(visit).flatMap(({ role, who }) => {
    const such = (of?.people ?? []).filter(p => p.as === role);
    const said = (who ?? '').toLowerCase().split(/\s+/).map(word => word.replace(/^[.,()]+|[.,()]+$/g, '')).filter(Boolean);
    return (said.length > 0 ? such.filter(p => p.called.some(word => said.includes(word))) : such.length === 1 ? such : []).map(p => p.id);
  }))];
}

/** The form of a recording of which nothing is said yet. */
function soundYet(of, visit) {
  const known = knownAt(of, visit);
  return known.length > 0 ? { [heardName]: known } : {};
}

/**
 * Drafts of the first form of this page held their words as one text, those of the second one subject; the third had no photo, the fourth no drawing, the fifth no tool, and the sixth was never a child's own.
 * Up to the seventh nobody had to say whether anybody else can be heard: whoever named people has. Up to the eighth nobody was kept from anything.
 */
function upgraded(d) {
  if (d.v === draftForm) return d;
  const words = typeof d.words === 'string' ? { 'Words.Text': d.words } : { ...d.words };
  const sound = { ...d.sound };
  for (const [values, prefix] of [[words, 'Words'], [sound, 'Sound']]) {
    const { [`${prefix}.SubjectMatter`]: subject } = values;
    delete values[`${prefix}.SubjectMatter`];
    if (subject) values[`${prefix}.Subjects`] = [subject];
  }
  if (sound[heardName] || sound['Sound.Before.OthersDescribed']) sound[anybodyName] ??= 'true';
  return { ...nothingYet(), ...d, v: draftForm, words, sound };
}

async function openVisit(d) {
  const mine = store;
  const taken = await mine.taken();
  // What could not be saved when the page was locked is newer than what is on the disk.
  const left = unsaved?.id === d.id && unsaved.person === mine.person ? await openText(mine.key, `unsaved ${d.id}`, unsaved.box) : null;
  if (store !== mine) return;
  const begun = upgraded(left?.draft ?? d);
  const of = taken.find(c => c.childId === begun.childId) ?? null;
  await tools.ready([...of?.tools ?? [], begun.shown, ...begun.aside.map(a => a.shown)].filter(Boolean), mine);
  if (store !== mine) return;
  [draft, child] = [begun, of];
  kept = changes;
  showPeople();
  showMade();
  for (const name in forms) if (name !== 'tool') restore(name);
  showTool();
  $('[data-kept]').textContent = draft.words['Words.Text'] ? 'What you had typed is back. Saved on this device.' : '';
  recorder ??= record($('[data-offline-recorder]'), keeper);
  recorder.forget();
  camera ??= photo($('[data-offline-photo]'), file => once(() => keepPhoto(file)).catch(fault => { camera.forget(); camera.say(fault.name === 'NotKept' ? fault.message : notKeptSays(fault)); }));
  camera.forget();
  pad ??= draw($('[data-offline-drawing]'), keepLines);
  sayEndFault('');
  say('');
  showVisit();
  if (draft.recording) await recoverRecording();
  if (store !== mine) return;
  if (draft.halfway) {
    // The page went away while it was being kept.
    await mine.dropRecording(draft.halfway);
    await keepWith({ halfway: null });
  }
  if (store !== mine) return;
  if (draft.picture) await recoverPhoto();
  if (store !== mine) return;
  await recoverDrawing();
  if (store !== mine) return;
  if (left) {
    unsaved = null;
    if (left.lines) {
      pad.restore(left.lines);
      keepLines(pad.steps, 0);
    }
    keepSoon();
  }
  showPart(draft.recording ? 'record' : draft.picture ? 'photo' : pad.isDrawn() ? 'draw' : tools.isBegun(draft.tool) ? 'tool' : 'write');
  const room = await roomSays();
  if (store === mine) $('[data-minutes]').textContent = room;
}

/** Fills a form of the visit with what the draft holds of it. */
function restore(name) {
  const form = formOf(name);
  const values = draft[name];
  form.reset();
  form.elements[`${forms[name]}.Language`].value = draft.language ?? 'en';
  for (const element of form.elements) {
    if (!(element.name in values)) continue;
    if (element.type === 'radio' || element.type === 'checkbox') element.checked = [values[element.name]].flat().includes(element.value);
    else element.value = values[element.name];
  }
  sayFault(form, '');
  clearBeside(form);
  if (name === 'words') showWordsKind();
  reveal();
}

function showVisit() {
  showPermissions();
  show('visit');
}

/** What may be done with what there is, when nobody may make more of it: after a no nothing of it is kept; without one it can be sealed, and the council holds it until there is a permission. */
const refusedSays = (permission, purpose) => permission.allowed ? '' : permissions[purpose][!draft[permissions[purpose].kept] ? 'offSays' : permission.saidStop ? 'stopSays' : 'heldSays'];

function showPermissions() {
  showStops();
  const permission = permissionOf(child, 'Audio');
  for (const name of all('[data-screen="visit"] [data-name], [data-screen="ask"] [data-name]')) name.textContent = draft.name;
  for (const line of all('[data-permission]')) line.textContent = permission.says;
  $('[data-visit-facts]').textContent = `Visit on ${dayOf(draft.visit.occurredOn)}`;
  // After a no, recording is not offered at all; what there is can still be listened to and discarded.
  $('[data-way="record"]').hidden = permission.saidStop && !draft.recording;
  for (const ask of all('[data-do="ask"]')) ask.hidden = child === null;
  const offRecord = !permission.allowed && !draft.recording;
  $('[data-record-refused]').textContent = refusedSays(permission, 'Audio');
  $('[data-record-refused]').hidden = permission.allowed;
  $('[data-offline-recorder]').hidden = offRecord;
  // Taken along before it was told here: not known.
  $('[data-keeping]').hidden = !child?.keeping;
  $('[data-keeping-says]').textContent = child?.keeping ? permissionOf(child, 'KeepRecord').says : '';
  showOthers();
  const [photos, ofPeople] = [permissionOf(child, 'ImageWork'), permissionOf(child, 'ImagePerson')];
  $('[data-photo-permission]').textContent = photos.says;
  $('[data-person-permission]').textContent = ofPeople.says;
  $('[data-way="photo"]').hidden = photos.saidStop && !ofPeople.allowed && !draft.picture;
  const mayTake = photos.allowed || ofPeople.allowed;
  $('[data-photo-refused]').textContent = mayTake ? '' : refusedSays(photos, 'ImageWork');
  $('[data-photo-refused]').hidden = mayTake;
  $('[data-offline-photo]').hidden = !mayTake && !draft.picture;
  $('[data-do="discardPhoto"]').hidden = !draft.picture;
  $('[data-photo-kept]').textContent = draft.picture ? 'The photo is saved on this device. Taking another replaces it.' : '';
}

let othersShown = '';
/** What is told and asked about besides. */
function showOthers() {
  const others = (child?.others ?? []).map(({ purpose, title, permission: { isTold } }) => ({ purpose, title, act: isTold ? 'Tell them' : 'Ask, or stop it', says: permissionOf(child, purpose).says }));
  // Drawn anew only when it is another: whoever stands on a button must not lose their place.
  const now = JSON.stringify(others);
  if (now === othersShown) return;
  othersShown = now;
  $('[data-others]').hidden = others.length === 0;
  fill('others', others.map(({ purpose, title, act, says }) => make('div', { class: 'permission-line' }, make('h2', { class: 'permission-line__title' }, title),
    make('p', { class: 'permission-line__text' }, `${says} `, make('button', { type: 'button', class: 'link-button', 'aria-label': `${act}: ${title}`, onclick: () => showAsk(purpose) }, act)))));
}

/** Whose words there may be beside the child's, and who else may be heard: who was in the child's life when they were taken along, by what they are to the child. */
function showPeople() {
  // Taken along before it was asked for, or run out.
  const people = child?.people ?? [];
  for (const name in forms) {
    const form = formOf(name);
    form.elements[`${forms[name]}.SpeakerRelationshipId`].replaceChildren(make('option', { value: '' }, 'Choose'), ...people.map(({ id, who }) => make('option', { value: id }, who)));
    form.querySelector('input[value="ParentOrCarer"]').closest('.govuk-radios__item').hidden = people.length === 0;
  }
  // Whoever was chosen stays chosen, though they are not among those who were taken along last.
  const chosen = [draft?.sound[heardName] ?? []].flat();
  const heard = [...people, ...chosen.filter(id => people.every(p => p.id !== id)).map(id => ({ id, who: 'Somebody chosen before' }))];
  fill('heard', heard.map(({ id, who }, i) => make('div', { class: 'govuk-checkboxes__item' },
    make('input', { class: 'govuk-checkboxes__input', type: 'checkbox', name: heardName, id: `heard-${i}`, value: id }),
    make('label', { class: 'govuk-label govuk-checkboxes__label', for: `heard-${i}` }, who))));
  $('[data-heard]').hidden = heard.length === 0;
  showNear();
}

/** Who was there stands beside the question who can be heard. */
function showNear() {
  const roles = Object.fromEntries([...$('[data-present] select').options].map(option => [option.value, option.textContent.toLowerCase()]));
  const near = draft ? nearAt(draft.visit).map(({ who, role }) => who ? `${who.trim()} (${roles[role]})` : roles[role]) : [];
  $('[data-near]').textContent = near.length > 0 ? `You wrote down that these were there: ${near.join('; ')}.` : '';
  $('[data-near]').hidden = near.length === 0;
  $('[data-near]').parentElement.querySelector('fieldset').setAttribute('aria-describedby', `Sound_Before_AnybodyElseHeard-hint${near.length > 0 ? ' sound-near' : ''}`);
}

function showPart(part) {
  for (const section of all('[data-part]')) section.hidden = section.dataset.part !== part;
  for (const way of all('.device__way')) way.toggleAttribute('aria-current', way.dataset.do === part);
}

/** What a form holds; of what may be chosen more than once, a list. */
function valuesOf(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string' && value !== '') values[name] = name in values ? [values[name], value].flat() : value;
  return values;
}

let later = null;
/** How often something was typed or chosen, and up to which of them it is on the disk. */
let changes = 0;
let kept = 0;

/** What writes the draft goes one after the other, so that an older state never lands on a newer one. */
let turn = Promise.resolve();
function inTurn(work) {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

/** Changes the draft, and ends when that is on the disk. */
const keepWith = change => inTurn(async () => {
  Object.assign(draft, change);
  try {
    await store.keep(draft);
  } catch (fault) {
    changes++;
    keepAfter(keepAgainMs);
    throw fault;
  }
});

/** Every second of typing is on the disk a second later: the page may go away at any time. */
function keepSoon() {
  if (!draft) return;
  changes++;
  sayKept('Saving…');
  keepAfter(keepAfterMs);
}

function keepAfter(ms) {
  later ??= setTimeout(() => keepNow().catch(() => {}), ms);
}

/** Ends when everything typed and drawn is on the disk. What could not be written is said, and tried again until it can. */
async function keepNow() {
  clearTimeout(later);
  later = null;
  const done = await Promise.allSettled([linesKept(), inTurn(keepTyped)]);
  const failed = done.find(d => d.status === 'rejected');
  if (!failed) return;
  keepAfter(keepAgainMs);
  throw failed.reason;
}

async function keepTyped() {
  if (!draft || kept === changes) return;
  const upTo = changes;
  const [mine, visit] = [store, Object.assign(draft, typed())];
  try {
    await mine.keep(visit);
  } catch (fault) {
    sayKept(notKeptSays(fault));
    lent?.screen.trouble();
    throw fault;
  }
  kept = upTo;
  if (visit === draft && kept === changes) sayKept(savedNow());
}

function sayKept(text) {
  for (const line of all('[data-kept], [data-tool-kept]')) line.textContent = text;
}

/** What every form that is there holds: a child's own screen has none for a photo. */
const typed = () => Object.fromEntries(Object.keys(forms).filter(formOf).map(name => [name, valuesOf(formOf(name))]));
const savedNow = () => `Saved on this device at ${new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })}.`;

const notKeptSays = fault => fault.name === 'QuotaExceededError' ? 'The device is full: this is not saved. Copy it somewhere else.' : 'This could not be saved on the device. Copy it somewhere else.';
const notKept = fault => sayKept(notKeptSays(fault));
const notSealedSays = fault => fault.name === 'QuotaExceededError' ? 'The device is too full to seal this. What was saved before stays saved here, not sealed: send what waits, to make room, and seal it again.' : 'This could not be sealed on the device. Try again.';
addEventListener('pagehide', () => { keepNow().catch(() => {}); });

/* Words */

function recordOf(name, kind) {
  const fields = new FormData(formOf(name));
  const value = field => fields.get(`${forms[name]}.${field}`) || null;
  const speaker = value('Speaker');
  const parent = speaker === 'ParentOrCarer' ? value('SpeakerRelationshipId') : null;
  const together = speaker === 'Group' ? value('GroupSize')?.trim() ?? '' : null;
  const { groupMin, groupMax } = $('[data-screen="visit"]').dataset;
  const changed = formOf(name).elements[`${forms[name]}.Before.Changed`];
  if (value('Before.ReadBack') === 'ChangeIt' && kind !== 'Declined') {
    changed.checked = true;
    for (const radio of formOf(name).elements[`${forms[name]}.Before.ReadBack`]) radio.checked = false;
    keepSoon();
    return 'Nothing is sealed yet and nothing is lost. Change it above, then ask again';
  }
  const body = {
    id: uuid7(), kind, speaker: speaker === 'Child' && draft.age >= youngPersonAge ? 'YoungPerson' : speaker, speakerRelationshipId: parent, groupSize: together && Number(together), subjects: fields.getAll(`${forms[name]}.Subjects`), layer: value('Layer'), language: value('Language'),
    explainsId: value('ExplainsId'), before: { readBack: value('Before.ReadBack'), readBackHow: value('Before.ReadBackHow'), changed: changed.checked, sensitivity: value('Before.Sensitivity') },
  };
  // Whose it is goes without saying when it was seen, or when nothing was said; and nothing is about nothing.
  if (kind === 'ObservedNonVerbal' || kind === 'Declined') Object.assign(body, { speaker: null, speakerRelationshipId: null, groupSize: null, explainsId: null });
  if (kind === 'Declined') return { ...body, subjects: [], layer: null, before: {} };
  if (!speaker && kind !== 'ObservedNonVerbal') return { photo: 'Choose who made it', drawing: 'Choose who drew it', tool: 'Choose who answered' }[name] ?? 'Choose whose words these are';
  if (body.speaker === 'ParentOrCarer' && !parent) return 'Choose which parent or carer';
  if (body.groupSize !== null && together === '') return 'Enter how many took part';
  if (together !== null && !(/^\d+$/.test(together) && body.groupSize >= groupMin && body.groupSize <= groupMax)) return `Enter how many took part, the child among them: a whole number from ${groupMin} to ${groupMax}`;
  if (body.subjects.length === 0) return 'Choose what it is about';
  if (!body.layer) return 'Choose which part it speaks to';
  return body;
}

/** What was said of the thing sealed before is not yet true of this one. */
function beginSealing(form) {
  sayFault(form, '');
  say('');
}

/**
 * Seals one thing of the visit. In the same step it leaves the draft, and its form is empty then.
 * @param {string} what what its line in the list says
 * @param {object} said what its form says
 * @param {object} gone what of the draft goes with it
 * @returns {Promise<boolean>} false when the page was locked meanwhile: then it is sealed, and nothing more is shown of it
 */
async function sealRecord(name, what, said, gone, { parts, recording, sheet } = {}) {
  const mine = store;
  const yet = name === 'sound' && !draft.own ? soundYet(child, draft.visit) : {};
  await inTurn(async () => {
    const upTo = changes;
    const made = what === 'photo' || what === 'drawing' ? [...draft.made, { id: said.id, what, at: Date.now() }] : draft.made;
    const { [name]: keptFrom = [], ...stillKept } = draft.keptFrom;
    const after = { ...draft, ...typed(), ...gone, [name]: yet, made, keptFrom: stillKept };
    await mine.seal('Record', { id: said.id, childId: draft.childId, sessionId: draft.visit.id, parts, record: said, keptFrom: keptFrom.map(({ id, who }) => ({ id, who })) }, {
      draft: after, recording, sheet, shown: `${draft.name}: ${what}${keptFrom.length > 0 ? `, kept from ${calledOf(keptFrom)}` : ''}`, what, name: draft.name, age: draft.age, on: draft.visit.occurredOn,
    });
    // Locked meanwhile: it is sealed, and the page is not given back what it has let go of.
    if (store !== mine) return;
    draft = after;
    kept = upTo;
  });
  if (store !== mine) return false;
  const form = formOf(name);
  const language = form.elements[`${forms[name]}.Language`].value;
  form.reset();
  form.elements[`${forms[name]}.Language`].value = language;
  for (const box of form.querySelectorAll(`[name="${heardName}"]`)) box.checked = yet[heardName]?.includes(box.value) === true;
  reveal();
  if (!lent) showMade();
  return true;
}

/** Whom something is kept from, in the words in which the child chose them. */
const calledOf = keptFrom => keptFrom.map(one => one.shown).join(', ');

/** The pieces of what is to be sealed, as they will be sent. */
async function partsOf(fileId) {
  const parts = [];
  for await (const piece of store.chunks(fileId, pieceBytes)) parts.push({ index: parts.length, length: piece.length, sha256: await sha256(piece) });
  return parts;
}

/** What is typed of each way of saying it: what its line in the list says, how its box is called, what is asked of whoever wrote it down, and what is said when it is empty. */
const wordsKinds = {
  TypedText: { what: 'words', label: 'Their own words', hint: 'Exactly as they said or wrote them. Do not tidy or shorten.', from: 'Where did the words come from?', empty: 'Enter what was said' },
  SignOrGesture: { what: 'signs', label: 'What they signed or showed', hint: 'One after the other, as it came: “signed MORE, OUTSIDE; pushed the form away”.', from: 'How do you know?', empty: 'Enter what was signed or shown' },
  SymbolChoice: { what: 'symbols', label: 'The symbols, in the order they were chosen', hint: 'From the child’s own board, book or device. Write what stands on the symbols: HOME. DOG. SAD.', from: 'How do you know?', empty: 'Enter the symbols that were chosen' },
  ObservedNonVerbal: { what: 'what was seen', label: 'What was seen and heard', hint: '“Turned to the door each time it opened”, not “was anxious”. What it may mean comes later, and apart.', empty: 'Enter what was seen' },
  Declined: { what: 'nothing said', label: 'What was tried, and what happened?', hint: 'If they were not asked, say why.', empty: 'Enter why nothing was offered' },
};
/** Where what is written down came from, in the words of each way of saying it; what is missing is not asked. */
const provenances = {
  TypedText: { OwnHand: 'They typed or wrote them', VerbatimAtTheTime: 'I wrote them down word for word as they spoke', ViaInterpreter: 'Through an interpreter', WrittenUpLater: 'I wrote them up later, from memory', ReportedByOther: 'Somebody else told me they said it', Observed: 'They did not say it: I saw it' },
  SignOrGesture: { VerbatimAtTheTime: 'I saw it and wrote it down at the time', ViaInterpreter: 'Somebody who knows their signs or symbols told me what they were', WrittenUpLater: 'I wrote it up later, from memory', ReportedByOther: 'Somebody else told me about it' },
};
provenances.SymbolChoice = provenances.SignOrGesture;

const wordsKind = () => new FormData(formOf('words')).get('Words.Kind') ?? 'TypedText';
const groupOf = control => control.closest('.govuk-form-group');

/** Asks what belongs to the way in which it was said, and nothing else. */
function showWordsKind() {
  const form = formOf('words');
  const kind = wordsKind();
  const { label, hint, from } = wordsKinds[kind];
  const text = form.elements['Words.Text'];
  form.querySelector(`label[for="${text.id}"]`).textContent = label;
  form.querySelector(`[id="${text.id}-hint"]`).textContent = hint;
  for (const part of form.querySelectorAll('[data-kinds]')) part.hidden = !part.dataset.kinds.split(' ').includes(kind);
  if (from) {
    for (const radio of form.elements['Words.Provenance']) {
      const says = provenances[kind][radio.value];
      radio.closest('.govuk-radios__item').hidden = !says;
      if (says) form.querySelector(`label[for="${radio.id}"]`).textContent = says;
      else radio.checked = false;
    }
    groupOf(form.elements['Words.Provenance'][0]).querySelector('legend').textContent = from;
  }
  const seen = kind === 'ObservedNonVerbal';
  const none = kind === 'Declined';
  groupOf(form.elements['Words.Speaker'][0]).hidden = seen || none;
  groupOf(form.elements['Words.Subjects'][0]).hidden = groupOf(form.elements['Words.Layer'][0]).hidden = groupOf(form.elements['Words.Language']).hidden = none;
  form.querySelector('.read-back').hidden = none;
  for (const details of [groupOf(form.elements['Words.Before.Sensitivity'][0]).closest('details')]) details.hidden = none;
  reveal();
}

/** Who interpreted, and from what: both, or neither. @returns {boolean} false when one is missing, which is said beside it */
function interpretedIn(form, prefix, how) {
  const value = field => form.elements[`${prefix}.${field}`].value || null;
  Object.assign(how, { interpreter: value('Interpreter'), spokenLanguage: value('SpokenLanguage') });
  if (!how.interpreter) sayBeside(form.elements[`${prefix}.Interpreter`], 'Choose who interpreted');
  else if (!how.spokenLanguage) sayBeside(form.elements[`${prefix}.SpokenLanguage`], 'Choose the language they spoke or signed');
  return Boolean(how.interpreter && how.spokenLanguage);
}

/** Of what may have been interpreted: nothing where nobody did. */
const isInterpreted = (form, prefix) => Boolean(form.elements[`${prefix}.Interpreter`].value || form.elements[`${prefix}.SpokenLanguage`].value);

/** What they were asked, and how. @returns {boolean} false when the two do not fit, which is said */
function askedIn(form, prefix, how) {
  const fields = new FormData(form);
  const prompt = fields.get(`${prefix}.Prompt`) ?? '';
  Object.assign(how, { promptedBy: fields.get(`${prefix}.PromptedBy`) || null, prompt: isBlank(prompt) ? null : prompt });
  const fits = !(how.prompt && how.promptedBy === 'Nobody');
  if (!fits) sayBeside(form.elements[`${prefix}.Prompt`], 'You say that nobody asked. Leave the question empty, or choose how it was asked');
  return fits;
}

async function sealWords() {
  const form = formOf('words');
  const fields = new FormData(form);
  const value = field => fields.get(`Words.${field}`) || null;
  const kind = wordsKind();
  const { from, what, empty } = wordsKinds[kind];
  const text = form.elements['Words.Text'].value;
  const offered = fields.getAll('Words.Offered');
  if (kind === 'Declined') {
    if (!value('NotHeardReason')) return sayFault(form, 'Choose why nothing was said');
    if (value('NotHeardReason') !== 'NotOffered' && offered.length === 0) return sayFault(form, 'Choose what was offered');
  }
  if (isBlank(text) && (kind !== 'Declined' || value('NotHeardReason') === 'NotOffered')) return sayBeside(form.elements['Words.Text'], empty);
  const how = {};
  if (from) {
    how.provenance = value('Provenance');
    if (!how.provenance) return sayFault(form, 'Choose where the words came from');
    if (how.provenance === 'ViaInterpreter') {
      if (!interpretedIn(form, 'Words', how)) return;
    }
    if (how.provenance === 'WrittenUpLater') how.writtenUp = value('WrittenUp');
    if (how.provenance === 'ReportedByOther') how.observer = value('Observer');
    if (!askedIn(form, 'Words', how)) return;
  }
  if (kind === 'ObservedNonVerbal') {
    how.observer = value('SeenBy');
    if (!how.observer) return sayBeside(form.elements['Words.SeenBy'], 'Choose who saw it');
  }
  if (kind === 'Declined') Object.assign(how, { notHeardReason: value('NotHeardReason'), offered });
  const said = recordOf('words', kind);
  if (typeof said === 'string') return sayFault(form, said);
  if (!await sealRecord('words', what, { ...said, ...how, text: isBlank(text) ? null : text }, {})) return;
  showWordsKind();
  $('[data-kept]').textContent = '';
  say('Sealed, and on this device. Nobody can change it now.');
  send();
}

/* Recording */

const keeper = {
  begin: async (fileId, type) => {
    if (!permissionOf(child, 'Audio').allowed) throw named('There is no permission to record. You can write down what they say.');
    const minutes = await minutesLeft();
    if (minutes !== null && minutes < 1) throw named('There is no room on this device to record. Send what waits, or write.');
    try {
      await keepWith({ recording: { fileId, type, ms: 0, gaps: [], ended: false, begunAt: new Date().toISOString() } });
    } catch {
      draft.recording = null;
      throw named('The device could not begin to save, so nothing is recorded. Send what waits, to make room, or write.');
    }
  },
  piece: async (sound, ms, index, gaps) => {
    try {
      await store.keepSegment(draft.recording.fileId, index, ms, new Uint8Array(await sound.arrayBuffer()), gaps);
    } catch (fault) {
      throw named(fault.name === 'QuotaExceededError' ? 'The device is full, so the recording has stopped.' : 'The device could not save more, so the recording has stopped.');
    }
  },
  // For listening to only: the browser holds it, and it goes with the page.
  whole: async type => {
    // Piece by piece into what the browser may lay aside on its disk, so that an hour of it does not stand in memory.
    let whole = null;
    for await (const { sound } of store.segments(draft.recording.fileId)) whole = new Blob(whole ? [whole, sound] : [sound], { type });
    return whole;
  },
  kept: async ({ ms, gaps }) => {
    // On a full device that it ended cannot be written yet: it is tried again, and until then the pieces are there.
    await keepWith({ recording: { ...draft.recording, ms, gaps, ended: true } }).catch(() => {});
  },
  discard: async () => {
    const mine = store;
    const { fileId } = draft.recording;
    await keepWith({ recording: null });
    await mine.dropRecording(fileId);
    if (store === mine && !lent) showVisit();
  },
  // What was taken along may run out in the middle of it: it was begun with a yes, and nobody said stop.
  mayGoOn: async () => child === null ? '' : stoppedSays(permissionOf(child, 'Audio')),
};

/** Why a recording stops; nothing while it may go on, past the end of the visit's day too. */
const stoppedSays = permission => permission.allowed || permission.isOver ? ''
  : permission.saidStop ? 'The recording has stopped, because somebody said stop. It cannot be kept: discard it. You can still write down what was said.'
    : 'The recording has stopped, because there is no yes any more. Nobody said no: seal it, and the council keeps it locked unless there is a permission.';

const named = message => Object.assign(new Error(message), { name: 'NotKept' });

/** The page went away while it recorded: what is on the disk is there, and that something is missing after it is noted. */
async function recoverRecording() {
  const { recording } = draft;
  let said = '';
  if (!recording.ended) {
    let ms = 0;
    let gaps = [];
    for await (const segment of store.segments(recording.fileId)) ({ ms, gaps } = segment);
    if (ms === 0) {
      await keepWith({ recording: null });
      say('The page closed in the first seconds of a recording, and nothing of it was saved. Record it again, or write down what they said.');
      return;
    }
    Object.assign(recording, { ms, gaps: [...gaps, { fromMs: ms, toMs: null, why: 'lost' }], ended: true });
    await keepWith({ recording });
    said = `The page closed while it recorded, after ${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}. Everything until then is here, and the gap is noted.`;
  }
  await recorder.resume({ ...recording, said });
  showVisit();
}

async function sealSound() {
  const form = formOf('sound');
  if (recorder.isRunning()) await recorder.stop('Recording stopped.', false);
  if (!draft.recording) return sayFault(form, 'Record something before you seal it');
  if (permissionOf(child, 'Audio').saidStop) return sayFault(form, permissions.Audio.stopSays);
  const said = recordOf('sound', 'Audio');
  if (typeof said === 'string') return sayFault(form, said);
  const fields = new FormData(form);
  const anybody = fields.get(anybodyName);
  if (!anybody) return sayBeside(form.elements[anybodyName][0], 'Say whether anybody else can be heard on it');
  // What was ticked and typed under the other answer is not part of “nobody else”.
  const others = anybody === 'true' ? { othersHeard: fields.getAll(heardName), othersDescribed: fields.get('Sound.Before.OthersDescribed') || null } : { othersHeard: [], othersDescribed: null };
  Object.assign(said.before, { anybodyElseHeard: anybody === 'true', ...others });
  const { mostOthers, describedMost } = $('[data-most-others]').dataset;
  const described = (said.before.othersDescribed ?? '').split('\n').map(line => line.trim()).filter(Boolean);
  if (described.length > mostOthers || said.before.othersHeard.length > mostOthers) return sayFault(form, `Write down ${mostOthers} others at most`);
  if (described.some(line => [...line].length > describedMost)) return sayFault(form, `Describe each of the others on a line of ${describedMost} characters or fewer`);
  if (anybody === 'true' && said.speaker !== 'Group' && described.length === 0 && said.before.othersHeard.length === 0) return sayBeside(form.elements[anybodyName][0], 'Say who can be heard');
  if (isInterpreted(form, 'Sound') && !interpretedIn(form, 'Sound', said)) return;
  if (!askedIn(form, 'Sound', said)) return;
  if (!await sealRecorded(said)) return;
  showVisit();
  showPart('record');
  say('Sealed, and on this device. Nobody can change it now.');
  send();
}

async function sealRecorded(said) {
  const { fileId, ms, gaps, begunAt } = draft.recording;
  if (!await sealRecord('sound', 'recording', { ...said, fileId, begunAt, durationMs: ms, gaps: gaps.length > 0 ? JSON.stringify(gaps) : null }, { recording: null }, { parts: await partsOf(fileId), recording: fileId })) return false;
  recorder.forget();
  return true;
}

/* A photo of something they made */

/** The bytes as they are, sealed, in the pieces in which they are sent; only then is it said to be saved. @returns {Promise<{ fileId: string, pieces: number }>} */
async function keepPieces(file) {
  const fileId = uuid7();
  let index = 0;
  if (draft.halfway) await store.dropRecording(draft.halfway);
  // Until its last piece is there, the draft goes on with what was before it.
  await keepWith({ halfway: fileId });
  for (let at = 0; at < file.size; at += pieceBytes) await store.keepSegment(fileId, index++, 0, new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer()));
  return { fileId, pieces: index };
}

async function keepPhoto(file) {
  const allowed = ['ImageWork', 'ImagePerson'].filter(purpose => permissionOf(child, purpose).allowed);
  if (allowed.length === 0) throw named('There is no permission to photograph what they made.');
  const { quota, usage } = await navigator.storage?.estimate?.() ?? {};
  // It lies here twice for a moment: while it is closed for the council.
  if (quota && (quota - usage) * 0.9 < file.size * 2) throw named('There is no room on this device for it. Send what waits first.');
  const before = draft.picture?.fileId;
  Object.assign(draft, { picture: { ...await keepPieces(file), type: file.type, allowed, begunAt: new Date().toISOString() }, halfway: null });
  await store.keep(draft);
  if (before) await store.dropRecording(before);
  showVisit();
}

/** What is kept of it is shown again; one that the page went away in the middle of is none. */
async function recoverPhoto() {
  const parts = [];
  for await (const { sound } of store.segments(draft.picture.fileId)) parts.push(sound);
  if (parts.length === draft.picture.pieces) camera.show(new Blob(parts, { type: draft.picture.type }));
  else camera.say('This photo cannot be read whole on this device any more. Discard it, and take another.');
}

async function discardPhoto() {
  if (!draft.picture) return;
  const mine = store;
  const { fileId } = draft.picture;
  await keepWith({ picture: null });
  await mine.dropRecording(fileId);
  if (store !== mine) return;
  camera.forget();
  showVisit();
}

async function sealPhoto() {
  const form = formOf('photo');
  if (!draft.picture) return sayFault(form, 'Choose a photo first');
  const answer = new FormData(form).get('Photo.ShowsPerson');
  if (!answer) return sayBeside(form.elements['Photo.ShowsPerson'][0], 'Say whether a person can be recognised on it');
  const showsPerson = answer === 'true';
  const purpose = restsOn('Photo', showsPerson);
  const { saidStop, allowed } = permissionOf(child, purpose);
  if (saidStop) return sayFault(form, permissions[purpose].stopSays);
  // A yes that ran out since it was taken is for the council to look at; one that never was is none. Pictures from before this was asked rested on what they made.
  if (!allowed && !(draft.picture.allowed ?? ['ImageWork']).includes(purpose)) return sayFault(form, permissions[purpose].neverSays);
  const record = recordOf('photo', 'Photo');
  if (typeof record === 'string') return sayFault(form, record);
  const said = { ...record, showsPerson };
  const { fileId, pieces, begunAt } = draft.picture;
  const parts = await partsOf(fileId);
  if (parts.length !== pieces) return sayFault(form, 'This photo cannot be read whole on this device any more. Discard it, and take another.');
  if (!await sealRecord('photo', 'photo', { ...said, fileId, begunAt }, { picture: null }, { parts, recording: fileId })) return;
  camera.forget();
  sayMade();
}

/* A tool that was taken along */

/** What there is to answer with; what was begun comes first, in the version in which it was begun. */
function showTools() {
  const begun = [...tools.isBegun(draft.tool) ? [draft.shown] : [], ...draft.aside.map(a => a.shown)];
  const offered = (child?.tools ?? []).filter(t => begun.every(b => b.id !== t.id));
  const one = tool => make('li', { class: 'ways__item' }, make('button', { type: 'button', class: 'ways__link device__tool', 'aria-current': draft.shown?.id === tool.id && 'true', onclick: () => once(() => openTool(tool)).catch(notKept) },
    make('span', { class: 'ways__name', lang: tool.language }, tool.title), ...begun.includes(tool) ? [' ', make('span', { class: 'ways__what' }, 'Begun, not sealed')] : []));
  fill('tools', [...begun, ...offered.filter(t => t.fits)].map(one));
  const others = offered.filter(t => !t.fits);
  fill('other-tools', others.map(one));
  $('[data-other-tools]').hidden = others.length === 0;
  $('[data-no-tools]').hidden = begun.length + offered.length > 0;
}

/** The tool that is open, as it was shown when it was begun, with what was answered until now. */
function showTool() {
  tools.show($('[data-tool]'), draft.shown);
  restore('tool');
  tools.begin($('[data-tool]'));
  $('[data-tool-title]').textContent = draft.shown?.title ?? '';
  $('[data-tool-title]').lang = draft.shown?.language ?? '';
  formOf('tool').hidden = draft.shown === null;
  $('[data-tool-kept]').textContent = tools.isBegun(draft.tool) ? 'The answers are back. Saved on this device.' : '';
  showTools();
}

/** Opens another tool, or none. What was answered with the one before is put aside, and is there again; without another it is cleared. */
async function openTool(tool) {
  await keepNow();
  if (tool && draft.shown?.id === tool.id) return $('[data-tool-title]').focus();
  if (!await changeTool(tool)) return;
  say('');
  showTool();
  if (tool) $('[data-tool-title]').focus();
}

/** @returns {Promise<boolean>} false when the page was locked meanwhile */
async function changeTool(tool) {
  const aside = draft.aside.filter(a => a.shown.id !== tool?.id);
  if (tool && tools.isBegun(draft.tool)) aside.push({ shown: draft.shown, tool: draft.tool });
  const before = draft.aside.find(a => a.shown.id === tool?.id);
  const mine = store;
  await inTurn(async () => {
    const after = { ...draft, shown: tool, tool: tool ? { 'Tool.Language': tool.language } : {}, ...before, aside };
    await mine.keep(after);
    if (store === mine) draft = after;
  });
  return store === mine;
}

async function sealTool() {
  const form = formOf('tool');
  const values = valuesOf(form);
  const { shown } = draft;
  for (const place of form.querySelectorAll('[data-tool-fault]')) place.hidden = true;
  const wrong = tools.missing(shown, values);
  if (wrong) {
    const place = document.getElementById(`${wrong.id}-error`);
    place.textContent = wrong.says;
    place.hidden = false;
    sayFault(form, '');
    return (document.getElementById(`${wrong.id}-board`) ?? document.getElementById(wrong.id)).focus();
  }
  if (!values['Tool.Provenance']) return sayBeside(form.elements['Tool.Provenance'][0], 'Choose who tapped or wrote it');
  const record = recordOf('tool', tools.kindOf(shown));
  if (typeof record === 'string') return sayFault(form, record);
  const said = { ...record, provenance: values['Tool.Provenance'] };
  if (isInterpreted(form, 'Tool') && !interpretedIn(form, 'Tool', said)) return;
  if (!askedIn(form, 'Tool', said)) return;
  if (!await sealRecord('tool', `answers with “${shown.title}”`, { ...said, ...tools.answersOf(shown, values) }, { shown: null })) return;
  showTool();
  showVisit();
  showPart('tool');
  say('Sealed, and on this device. Nobody can change it now.');
  send();
}

/* A drawing */

let keeping = null;
/** What stands on the sheet, and the first line of it that is another on the disk. */
let lines = [];
let otherFrom = Infinity;

function sayDrawn(text) {
  for (const line of all('[data-drawing-kept]')) line.textContent = text;
}

/** Each line is on the disk, sealed, as soon as it is drawn, and each undoing too. */
function keepLines(steps, from) {
  lines = steps;
  otherFrom = Math.min(otherFrom, from);
  sayDrawn('Saving…');
  linesKept().catch(() => keepAfter(keepAgainMs));
}

/** Ends when what stands on the sheet is on the disk. */
async function linesKept() {
  if (otherFrom < Infinity) keeping ??= writeLines(lines, draft.sheet).finally(() => { keeping = null; });
  await keeping;
}

async function writeLines(steps, sheet) {
  while (otherFrom < Infinity) {
    const from = otherFrom;
    otherFrom = Infinity;
    try {
      await store.dropLines(sheet, steps.length);
      for (let at = from; at < steps.length; at++) await store.keepSegment(sheet, at, 0, new TextEncoder().encode(JSON.stringify(steps[at])));
    } catch (fault) {
      otherFrom = Math.min(otherFrom, from);
      sayDrawn(fault.name === 'QuotaExceededError' ? 'The device is full: the last of it is not saved. Seal the drawing, or send what waits.' : 'The last of it could not be saved on this device.');
      lent?.screen.trouble();
      throw fault;
    }
  }
  sayDrawn(savedNow());
}

/** What is kept of a drawing is on the sheet again, to be gone on with or undone. */
async function recoverDrawing() {
  const mine = store;
  otherFrom = Infinity;
  const steps = [];
  for await (const { sound } of mine.segments(draft.sheet)) steps.push(JSON.parse(new TextDecoder().decode(sound)));
  if (store !== mine) return;
  pad.restore(steps);
  sayDrawn(pad.isDrawn() ? 'The drawing is back. Saved on this device.' : '');
}

async function sealDrawing() {
  const form = formOf('drawing');
  if (!pad.isDrawn()) return sayFault(form, 'Draw something before you seal it');
  const said = recordOf('drawing', 'Drawing');
  if (typeof said === 'string') return sayFault(form, said);
  if (!askedIn(form, 'Drawing', said)) return;
  if (!await sealSheet(said)) return;
  sayDrawn('');
  sayMade();
}

async function sealSheet(said) {
  await keeping?.catch(() => {});
  const { fileId } = await keepPieces(await pad.picture());
  if (!await sealRecord('drawing', 'drawing', { ...said, fileId }, { sheet: uuid7(), halfway: null }, { parts: await partsOf(fileId), recording: fileId, sheet: draft.sheet })) return false;
  otherFrom = Infinity;
  pad.restore([]);
  return true;
}

/* What they say about it */

/** What they made here and is sealed, to be chosen by whoever writes or records what they say about it. */
function showMade() {
  const made = draft?.made ?? [];
  for (const name of ['words', 'sound']) {
    const select = formOf(name).elements[`${forms[name]}.ExplainsId`];
    const chosen = select.value;
    select.replaceChildren(make('option', { value: '' }, 'No'), ...made.map(({ id, what, at }) => make('option', { value: id }, `The ${what} of ${timeOf(at)}`)));
    select.value = chosen;
    if (select.selectedIndex < 0) select.value = '';
    select.closest('[data-about]').hidden = made.length === 0;
  }
}

function sayMade() {
  showVisit();
  showPart('write');
  say('Sealed, and on this device. Nobody can change it now.');
  $('[data-explain]').replaceChildren(button(`Keep what ${draft.name} says about it`, explain, 'secondary'));
  $('[data-explain]').hidden = false;
  send();
}

/** The last thing they made is what is talked about. */
function explain() {
  showPart('write');
  const form = formOf('words');
  form.elements['Words.ExplainsId'].value = draft.made.at(-1).id;
  form.elements['Words.Text'].focus();
  keepSoon();
}

/* Permission */

function showAsk(purpose) {
  asking = purpose;
  $('#ask-title').textContent = askOf(asking).title;
  const form = $('[data-form="ask"]');
  form.reset();
  sayFault(form, '');
  fill('deciders', [{ id: '', who: child.name }, ...child.age >= decidesFromAge ? [] : askOf(asking).taken(child).adults].map((adult, i) => make('div', { class: 'govuk-radios__item' },
    make('input', { class: 'govuk-radios__input', type: 'radio', name: 'decider', id: `decider-${i}`, value: adult.id, checked: i === 0, onchange: showDecider }),
    make('label', { class: 'govuk-label govuk-radios__label', for: `decider-${i}` }, adult.who))));
  form.elements['Consent.Method'].value = 'Spoken';
  const permission = permissionOf(child, asking);
  const { isTold = false } = askOf(asking);
  for (const part of form.querySelectorAll('[data-is-asked]')) part.hidden = isTold;
  $('[data-is-told]').hidden = !isTold;
  $('[data-asked-permission]').textContent = permission.says;
  $('[data-objects]').hidden = permission.objects === true;
  $('[data-lets-be]').hidden = !permission.objects;
  $('[data-this-visit]').hidden = !(asking in permissions);
  $('[data-no]').textContent = permission.stands ? 'No more: stop' : 'No';
  $('[data-raised]').hidden = isTold || !permission.saidStop;
  showDecider();
  show('ask');
}

const decider = () => new FormData($('[data-form="ask"]')).get('decider');

function wordingShown() {
  const adult = decider() !== '' || child.age >= adultAge;
  const fitting = askOf(asking).taken(child).wordings.filter(w => w.forAdults === adult);
  return fitting.find(w => w.language === child.language) ?? fitting.find(w => w.language === 'en') ?? fitting[0] ?? null;
}

function showDecider() {
  const adult = decider() !== '';
  $('[data-position]').hidden = !adult;
  $('[data-competence]').hidden = askOf(asking).isTold || (adult ? child.age !== null && child.age < assessedFromAge : child.age >= decidesFromAge);
  const wording = wordingShown();
  $('[data-wording]').replaceChildren(...(wording?.lines ?? []).map(line => make('p', { class: 'wording__line', lang: wording.language }, line)));
}

async function sealAnswer(pressed) {
  const form = $('[data-form="ask"]');
  const fields = new FormData(form);
  const value = name => fields.get(`Consent.${name}`) || null;
  const permission = permissionOf(child, asking);
  const taken = askOf(asking).taken(child);
  const adult = taken.adults.find(a => a.id === decider());
  const decision = pressed.value === 'Refused' && permission.stands ? 'Withdrawn' : pressed.value;
  const yes = decision === 'Given';
  // A stop to a yes for this visit is one for this visit too.
  const sessionId = (yes ? 'thisVisit' in pressed.dataset : permission.forVisit) ? draft.visit.id : null;
  if (!decision) return sayFault(form, 'Choose what was decided');
  const competenceAsked = !$('[data-competence]').hidden;
  if ((yes || decision === 'Deferred') && permission.saidStop && !value('RaisedByChild')) {
    if (decidedOn(child, asking).length > 0) return sayFault(form, 'They said no. Do not ask again, unless the child brings it up');
    if (taken.askAgainFrom > today()) return sayFault(form, `They said no. Wait until ${dayOf(taken.askAgainFrom)} before asking again, unless the child brings it up`);
  }
  if (yes) {
    if (!wordingShown()) return sayFault(form, 'What is to be read to them is not on this device. Take the child along again, with a connection, before they say yes');
    // The rules of every yes (WhoDecides); the server looks at them again.
    if (competenceAsked && !adult && value('Competence') !== 'Competent') return sayFault(form, 'A child under 16 can say yes only if they understand what it means. Say whether they do');
    if (competenceAsked && adult && value('Competence') === 'Competent') return sayFault(form, 'The child can decide this, so it is the child’s decision');
    if (competenceAsked && adult && !value('Competence')) return sayFault(form, 'Say whether the child could decide this themselves');
    if (competenceAsked && (value('CompetenceRationale') ?? '').trim().length < 20) return sayFault(form, 'Say what they understood, in at least 20 characters');
    if (adult && !value('ChildPosition')) return sayFault(form, 'Choose how the child feels about it');
  }
  sayFault(form, '');
  const id = uuid7();
  // Whoever was told has decided nothing, but for somebody who objected and does not mind any more.
  const letBe = 'letsBe' in pressed.dataset;
  const consent = {
    id, purpose: asking, sessionId, decision, decidedBy: decision === 'Told' && !letBe ? null : adult?.by ?? 'ChildForSelf', decidedByRelationshipId: adult?.id ?? null, method: value('Method') ?? 'Spoken', wordingId: wordingShown()?.id ?? null,
    raisedByChild: value('RaisedByChild') !== null, competence: yes && competenceAsked ? value('Competence') : null, competenceRationale: yes && competenceAsked ? value('CompetenceRationale') : null,
    childPosition: adult ? value('ChildPosition') : null,
  };
  // The child's own no goes before an adult's yes: what the child does not want is not done.
  const counts = yes && consent.childPosition === 'Dissents' ? 'Refused' : decision;
  const decided = { id, purpose: asking, sessionId, decision: counts, letBe, at: Date.now() };
  const mine = store;
  await mine.seal('Consent', { id, childId: child.childId, ...sessionId ? { sessionId } : {}, consent }, { decided: { key: child.key, decision: decided }, shown: `${child.name}: ${{ Given: 'yes', Deferred: 'will think about it', Told: letBe ? 'does not mind any more' : 'told' }[decision] ?? 'no'} ${decision === 'Told' ? 'about' : 'to'} ${askOf(asking).to}` });
  if (store !== mine) return;
  // What was taken along may have been read anew meanwhile.
  if (child) child = { ...child, decided: [...(child.decided ?? []).filter(d => d.id !== id), decided] };
  const stopped = stoppedSays(permissionOf(child, 'Audio'));
  if (stopped && recorder.isRunning()) await recorder.stop(stopped);
  if (store !== mine) return;
  showVisit();
  const { kept: made } = permissions[asking] ?? {};
  if (made && permissionOf(child, asking).saidStop && !draft[made]) showPart('write');
  say({ Told: letBe ? 'That they do not mind any more is sealed, and on this device.' : 'That they were told is sealed, and on this device.', Objected: 'That they do not want it is sealed. Nothing changes about the help they get.', Given: 'The yes is sealed, and on this device.', Deferred: 'Sealed. They can take their time.' }[decision] ?? 'The no is sealed. Nothing changes about the help they get.');
  send();
}

/* What else is done with what they said, and can be stopped */

/** What stands and was not stopped here. Whoever stops all research has stopped each project too. */
const stopsOf = c => (c?.stops ?? []).filter(s => {
  const last = c.decided?.findLast(d => d.decision !== 'Asked' && d.purpose === s.purpose && (d.recipientId ?? null) === s.recipientId && (d.projectId ?? s.projectId ?? null) === (s.projectId ?? null));
  return !last || last.decision === 'Given' || last.decision === 'Told';
});

let stopsShown = '';
function showStops() {
  const stops = stopsOf(child);
  $('[data-stops]').hidden = stops.length === 0;
  const adults = (child?.adults ?? []).filter(a => a.by === 'ParentalResponsibility');
  // Drawn anew only when it is another: whoever stands on a button must not lose their place.
  const now = JSON.stringify([draft.id, stops, adults]);
  if (now === stopsShown) return;
  stopsShown = now;
  const by = $('#stop-by');
  const chosen = by.value;
  by.replaceChildren(make('option', { value: '' }, draft.name), ...adults.map(({ id, who }) => make('option', { value: id }, who)));
  by.value = adults.some(a => a.id === chosen) ? chosen : '';
  fill('stops', stops.map((stop, i) => make('li', { class: 'entry' }, make('p', { class: 'entry__detail' }, stop.says),
    make('button', { type: 'submit', class: 'govuk-button govuk-button--secondary', value: i, 'aria-label': `Stop: ${stop.says}` }, 'Stop'))));
}

async function sealStop(pressed) {
  const stop = stopsOf(child)[Number(pressed?.value)];
  if (!stop) return;
  const mine = store;
  const id = uuid7();
  const by = $('#stop-by').value || null;
  const consent = { id, purpose: stop.purpose, recipientId: stop.recipientId, projectId: stop.projectId, decision: stop.stop, decidedBy: by ? 'ParentalResponsibility' : 'ChildForSelf', decidedByRelationshipId: by, method: 'Spoken' };
  const decided = { id, purpose: stop.purpose, recipientId: stop.recipientId, projectId: stop.projectId, decision: stop.stop, at: Date.now() };
  await mine.seal('Consent', { id, childId: child.childId, consent }, { decided: { key: child.key, decision: decided }, shown: `${child.name}: no more. ${stop.says}` });
  if (store !== mine) return;
  if (child) child = { ...child, decided: [...(child.decided ?? []).filter(d => d.id !== id), decided] };
  showVisit();
  say('The stop is sealed, and on this device. Nothing changes about the help they get.');
  send();
}

/* In a child's hands */

/**
 * Gives the device to the child of the visit. What was open is on the disk and leaves the page, which keeps nothing but the key of the store and what the child may do; it comes back with the PIN.
 * What they do is a draft of its own, so that they do not see what was written before, and nothing of theirs gets among it.
 */
async function handOver() {
  sayHandOverFault('');
  if (recorder.isRunning()) return sayHandOverFault('It is recording. Stop the recording first.');
  try {
    await keepNow();
  } catch {
    return sayHandOverFault('The last of what was typed or drawn is not saved on this device yet. Make room, by sending what waits, before you hand it over.');
  }
  const mine = store;
  const [of, { id, childId, name, age, language, visit }] = [child, draft];
  const own = { ...nothingYet(), own: true, childId, name, age, language, visit };
  await mine.keep(own);
  if (store !== mine) return;
  markLent(true);
  emptyPage();
  [child, draft] = [of, own];
  lent = {
    id, recorder, pad, who: of?.own?.who ?? [],
    screen: lend({ age, language, tools: (of?.tools ?? []).filter(t => t.fits), mayRecord: permissionOf(of, 'Audio').allowed, asked: of?.own ?? null }, {
      changed: keepSoon, open: openOwnTool, keep: keepOwn, keptFrom: name => draft.keptFrom[name] ?? [], keepFrom, keepFromAll, stateOf, answer: answerOwn, wants: wantsOwn, begun: begunOwn, throwAway: throwAwayOwn, giveBack: takeBackWithPin, giveBackByPasskey: takeBackWithPasskey, hasPasskey: passkeyUsable, leave: () => recorder.stop('').catch(() => {}),
    }),
  };
  for (const form of all('[data-form]')) form.elements[`${forms[form.dataset.form]}.Language`].value = language ?? 'en';
  recorder = record($('[data-own-recorder]'), keeper);
  pad = draw($('[data-own-drawing]'), keepLines);
  history.pushState(null, '');
}

function sayHandOverFault(text) {
  $('[data-hand-over-fault]').textContent = text;
  $('[data-hand-over-fault]').hidden = !text;
}

// Going back goes back in what the child sees, and not out of it.
addEventListener('popstate', () => {
  if (!lent) return;
  history.pushState(null, '');
  lent.screen.back();
});

/** Tells the site, should there be a connection, that nothing else may be opened here (ChildModeGate). It goes wherever the cookie of the sign-in goes, a link from elsewhere included. */
function markLent(isLent) {
  document.cookie = `lent=1; path=/; samesite=lax${isLent ? '' : '; max-age=0'}${location.protocol === 'https:' ? '; secure' : ''}`;
}

async function openOwnTool(tool, own) {
  await keepNow().catch(() => {});
  if (draft.shown?.id === tool.id || !await changeTool(tool)) return;
  tools.show($('[data-tool]'), tool, own);
  restore('tool');
  tools.begin($('[data-tool]'));
}

/** Seals what a child made by themselves. Whose it is, and whose hand, is never asked of them (MyOwn.cs). @returns {Promise<{ problem?: string, id?: string }>} what stands in the way, in their words */
async function keepOwn(name, meant) {
  const done = {};
  await once(async () => {
    try {
      Object.assign(done, await sealOwn(name, meant));
    } catch {
      done.problem = 'trouble';
    }
  });
  return done;
}

async function sealOwn(name, meant) {
  const mine = store;
  const values = valuesOf(formOf(name));
  const subjects = [values[`${forms[name]}.Subjects`] ?? 'MyLife'].flat();
  const said = {
    id: uuid7(), speaker: draft.age >= youngPersonAge ? 'YoungPerson' : 'Child', subjects, layer: subjects.includes('MyInformation') ? 'Information' : 'Data', language: draft.language ?? 'en',
    explainsId: values[`${forms[name]}.ExplainsId`] ?? null,
    before: { readBack: meant, readBackHow: name === 'sound' ? null : 'ReadThemselves', changed: `${forms[name]}.Before.Changed` in values },
  };
  if (name === 'words') await sealRecord(name, 'words', { ...said, kind: 'TypedText', provenance: 'OwnHand', text: values['Words.Text'] }, {});
  if (name === 'drawing') {
    if (!pad.isDrawn()) return { problem: 'draw-empty' };
    await sealSheet({ ...said, kind: 'Drawing', provenance: 'OwnHand' });
  }
  if (name === 'sound') {
    await recorder.stop('', false);
    if (!draft.recording) return { problem: 'speak-empty' };
    if (permissionOf(child, 'Audio').saidStop) return { problem: 'trouble' };
    await sealRecorded({ ...said, kind: 'Audio', provenance: 'OwnHand' });
  }
  if (name === 'tool') {
    const { shown } = draft;
    await sealRecord(name, `answers with “${shown.title}”`, { ...said, kind: tools.kindOf(shown), provenance: 'OwnHand', language: shown.language, ...tools.answersOf(shown, tools.inOrder(shown, values)) }, { shown: null });
  }
  return store === mine ? { id: said.id } : {};
}

/** What a child began and did not keep: the form it is in, and of a tool which. */
function begunOwn() {
  if (!isBlank(formOf('words').elements['Words.Text'].value)) return { name: 'words' };
  if (pad.isDrawn()) return { name: 'drawing' };
  if (draft.recording) return { name: 'sound' };
  const shown = tools.isBegun(valuesOf(formOf('tool'))) ? draft.shown : draft.aside[0]?.shown;
  return shown ? { name: 'tool', toolId: shown.id } : null;
}

/** They do not want it: nothing of it stays on the device. What they kept is sealed. */
const throwAwayOwn = () => ownTap(async mine => {
  await recorder.stop('').catch(() => {});
  await keeping?.catch(() => {});
  await inTurn(async () => {
    const { childId, name, age, language, visit, made, recording } = draft;
    const after = { ...nothingYet(), own: true, childId, name, age, language, visit, made };
    await mine.keep(after);
    await mine.drop(draft);
    if (recording) await mine.dropRecording(recording.fileId);
    if (store !== mine) return;
    draft = after;
    kept = changes;
  });
  if (store !== mine) return;
  otherFrom = Infinity;
  recorder.forget();
  pad.restore([]);
  tools.show($('[data-tool]'), null);
  for (const form of all('[data-form]')) form.reset();
});

/* Whom they do not want told, and what they are asked */

const keptFromOf = who => who.map(one => ({ id: uuid7(), who: one, shown: lent.who.find(w => w.who === one)?.shown ?? '' }));

/** Of one thing that is not kept yet: it lies with it, and goes with it. */
function keepFrom(name, who) {
  draft.keptFrom = { ...draft.keptFrom, [name]: keptFromOf(who) };
  keepSoon();
}

/** What a child does by a tap of theirs, in one go. @returns {Promise<{ problem?: string }>} what stands in the way, in their words */
async function ownTap(work) {
  const done = {};
  await once(async () => {
    try {
      Object.assign(done, await work(store));
    } catch {
      done.problem = 'trouble';
    }
  });
  return done;
}

/** Of everything: it goes before what was said. */
const keepFromAll = who => ownTap(async mine => {
  const from = keptFromOf(who);
  await mine.seal('DoNotTell', { id: from[0].id, childId: draft.childId, keptFrom: from.map(({ id, who: one }) => ({ id, who: one })) }, { shown: `${draft.name}: all they say is kept from ${calledOf(from)}` });
});

const isAbout = (decision, ask) => decision.purpose === ask.purpose && (decision.recipientId ?? null) === ask.to && (!decision.sessionId || decision.sessionId === draft.visit.id);

/** Where it stands, as the child said last. */
const stateOf = ask => child?.decided?.findLast(d => isAbout(d, ask))?.decision ?? ask.state;

/** A child's own answer. What it is kept as where they do not decide alone, the server says (AskingService): a yes opens nothing here then. */
const answerOwn = (ask, { answer, thisVisit, wordingId }) => ownTap(async mine => {
  const recorded = answer === 'Given' && !(draft.age >= decidesFromAge) ? 'Asked' : answer;
  // A stop to a yes for this visit is one for this visit too.
  const sessionId = thisVisit || (answer !== 'Given' && ask.purpose in permissions && permissionOf(child, ask.purpose).forVisit) ? draft.visit.id : null;
  const id = uuid7();
  await sealAnswerOwn(mine, ask, { id, purpose: ask.purpose, recipientId: ask.to, sessionId, wordingId, answer }, recorded);
  return { recorded };
});

/** What is to become of what is there, said after a stop: it goes with the stop. */
const wantsOwn = wants => ownTap(async mine => {
  const { ask, said, recorded } = lent.answered;
  await sealAnswerOwn(mine, ask, { ...said, wants }, recorded, { id: said.id, recording: null });
});

async function sealAnswerOwn(mine, ask, said, recorded, instead) {
  const decided = { id: said.id, purpose: said.purpose, recipientId: said.recipientId, sessionId: said.sessionId, decision: recorded, letBe: recorded === 'Told', at: Date.now() };
  await mine.seal('Consent', { id: said.id, childId: draft.childId, ...said.sessionId ? { sessionId: said.sessionId } : {}, answer: said }, {
    ...instead ? { instead } : child ? { decided: { key: child.key, decision: decided } } : {},
    shown: `${draft.name}, by themselves: ${{ Given: 'yes', Asked: 'would like it', Deferred: 'will think about it', Told: 'knows of it' }[recorded] ?? 'no'}. ${ask.name}`,
  });
  if (store !== mine) return;
  lent.answered = { ask, said, recorded };
  if (child) child = { ...child, decided: [...(child.decided ?? []).filter(d => d.id !== said.id), decided] };
  lent.screen.mayRecord(permissionOf(child, 'Audio').allowed);
}

async function takeBackWithPin(pin) {
  const mine = store;
  const { key, ...why } = await unlock(mine.db, pin, candidates.signedIn === mine.person);
  if (store !== mine) return '';
  if (key) return takeBackDevice();
  // Whoever guesses that often has the child's screen no more either, though the worker is signed in.
  if (!why.signIn && !(why.wrong >= triesBeforeSignIn)) return pinSays(why);
  await lock(pinSays(why));
  return '';
}

async function takeBackWithPasskey() {
  const mine = store;
  try {
    await unlockWithPasskey(mine.db);
  } catch {
    return 'No passkey opened it. Try again, or enter your PIN. Nothing is lost.';
  }
  return store === mine ? takeBackDevice() : '';
}

/** The page is built again, from what is on the disk. @returns {Promise<string>} */
async function takeBackDevice() {
  const mine = store;
  await recorder.stop('').catch(() => {});
  try {
    await keepNow();
  } catch {
    await lock();
    return '';
  }
  if (store !== mine) return '';
  const { id } = lent;
  markLent(false);
  emptyPage();
  show('wait');
  const left = await foldOwn(mine);
  const before = (await mine.drafts()).find(d => d.id === id);
  if (store !== mine) return '';
  await openVisit(before);
  await showCounts($('[data-device-counts]'), mine.db).catch(() => {});
  if (store !== mine) return '';
  if (left.some(own => own.visit.id === before.visit.id)) say('They began something by themselves and did not keep it. It is on this device, not sealed: “Visits” has it under “Begun, not ended”.');
  send();
  return '';
}

/** What a child began by themselves and did not keep stays a draft of its own, to be looked at; where there is nothing of the kind, what they made is the visit's. @returns {Promise<object[]>} what stays */
async function foldOwn(mine) {
  const drafts = (await mine.drafts()).map(upgraded);
  const left = [];
  for (const own of drafts.filter(d => d.own)) {
    if (own.words['Words.Text'] || own.recording || tools.isBegun(own.tool) || own.aside.length > 0 || await mine.isDrawn(own.sheet)) {
      left.push(own);
      continue;
    }
    const visit = drafts.find(d => !d.own && d.visit.id === own.visit.id);
    visit?.made.push(...own.made);
    if (visit && own.made.length > 0) await mine.keep(visit);
    await mine.drop(own);
  }
  return left;
}

async function endVisit() {
  if (recorder.isRunning()) return sayEndFault('It is recording. Stop the recording first.');
  await keepNow().catch(() => {});
  if (draft.recording) return sayEndFault('There is a recording that is not sealed. Seal it, or discard it.');
  if (draft.picture) return sayEndFault('There is a photo that is not sealed. Seal it, or discard it.');
  if (pad.isDrawn()) return sayEndFault('There is a drawing that is not sealed. Seal it, or clear the sheet.');
  const begun = tools.isBegun(draft.tool) ? draft.shown : draft.aside[0]?.shown;
  if (begun) return sayEndFault(`There are answers with “${begun.title}” that are not sealed. Seal them, or clear them.`);
  if (formOf('words').elements['Words.Text'].value !== '' || (wordsKind() === 'Declined' && new FormData(formOf('words')).has('Words.NotHeardReason'))) return sayEndFault('There are words that are not sealed. Seal them, or take them out.');
  await store.drop(draft);
  draft = null;
  otherFrom = Infinity;
  await goHome();
}

/* What is said */

function say(text) {
  $('[data-sealed-said]').textContent = text;
  $('[data-sealed-said]').hidden = !text;
  $('[data-explain]').hidden = true;
  if (text) scrollTo(0, 0);
}

function sayFault(form, text) {
  const place = form.querySelector('[data-fault]');
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
  if (text) place.scrollIntoView({ block: 'center' });
}

function sayEndFault(text) {
  $('[data-end-fault]').textContent = text;
  $('[data-end-fault]').hidden = !text;
  if (text) $('[data-end-fault]').scrollIntoView({ block: 'center' });
}

/* A newer version never comes between somebody and an open draft: it waits until they say so. */

let newer = null;
function watchForNewer(registration) {
  const look = () => {
    newer = registration.waiting;
    $('[data-newer]').hidden = !newer;
  };
  look();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
}

async function renew() {
  if (!newer) return;
  // What a sending says when it ends would take the place of this.
  if (sending) await sending;
  if (store && (await store.drafts()).length > 0) {
    $('[data-send-said]').textContent = 'End the visits that are begun first: a newer version never comes between you and words that are not sealed.';
    $('[data-send-said]').hidden = false;
    return;
  }
  newer.addEventListener('statechange', () => { if (newer.state === 'activated') location.reload(); });
  newer.postMessage('renew');
}

start();
