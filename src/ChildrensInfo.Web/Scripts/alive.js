// A sign-in ends when it is not used. Typing, tapping and drawing are use, also while nothing is sent; and before it ends the page says so, in time to stay. It ends after a
// working day too, however much it is used: then nobody can stay, and the page says so in time to sign in again.
//
// Once it has ended, the page shows nothing any more: whoever finds the device finds nothing to read, to search, to copy or to have read aloud. Whether it has, the server says, which is asked
// by a page that is looked at again, in which something else was done meanwhile, or that stood for a while. The page is there again, with what was typed on it, as soon as the server says
// that it is still the one for whom it was made. Where there is no connection nobody says no, and it stays.
const minutes = 60_000;
const meta = name => document.querySelector(`meta[name="${name}"]`)?.content;
const idle = Number(meta('idle')) * minutes;
const day = meta('ends');
const madeFor = meta('made-for');
const warning = 2 * minutes;
const warningOfDay = 5 * minutes;
const lookEvery = 5_000;
const askEvery = 2 * minutes;
const answerWithin = 10_000;
// A child who draws is never warned: the worker's sign-in is not the child's business.
const quiet = 'own' in document.body.dataset;
let used = false;
let notice = null;
/** What was taken out of the page, and whether the server had said no. */
let out = null;

// One sign-in, several tabs: what the server heard from one counts in all.
const heard = () => Number(localStorage.getItem('heard'));
const hear = () => localStorage.setItem('heard', Date.now());
// When the day of the sign-in is over, as the page that came last was told: somebody may have signed in again in another tab.
const left = () => Number(localStorage.getItem('ends')) - Date.now();
const isOver = () => (day && left() <= 0) || Date.now() - heard() >= idle;

function hide() {
  notice?.remove();
  notice = null;
}

const paragraph = text => Object.assign(document.createElement('p'), { className: 'govuk-body', textContent: text });

function show(kind, text, action) {
  if (quiet || notice?.dataset.kind === kind) return;
  hide();
  notice = document.createElement('div');
  notice.className = 'alive';
  notice.dataset.kind = kind;
  notice.setAttribute('role', 'alert');
  const inside = document.createElement('div');
  inside.className = 'govuk-width-container';
  inside.append(paragraph(text), action);
  notice.append(inside);
  document.body.append(notice);
}

function warn() {
  const stay = document.createElement('button');
  stay.type = 'button';
  stay.className = 'govuk-button';
  stay.textContent = 'Stay signed in';
  stay.addEventListener('click', () => ask({ use: true }));
  show('soon', 'You will be signed out in 2 minutes, because nothing was done here for a while.', stay);
}

function link(address, text) {
  return Object.assign(document.createElement('a'), { className: 'govuk-link', href: address, target: '_blank', rel: 'noopener', textContent: `${text} (opens a new tab)` });
}

function warnOfDay() {
  show('day', 'You will be signed out in less than 5 minutes, because a sign-in lasts one working day. It cannot be made longer: sign in again, then come back to this page. What you typed here stays.', link('/account/signin?again=true', 'Sign in again'));
}

/** Why, as far as it can be known here: it may have been ended elsewhere. */
const because = () => day && left() <= warningOfDay ? ', because a sign-in lasts one working day' : Date.now() - heard() >= idle - warning ? ', because nothing was done here for a while' : '';
const signedOut = () => `You were signed out${because()}. What you typed on this page is still here: sign in again, then come back to it.`;

function takeOut() {
  if (out) return;
  hide();
  globalThis.speechSynthesis?.cancel();
  out = { parts: [...document.body.childNodes], title: document.title, at: scrollY, isSure: false };
  document.title = 'Children’s Information Portal';
  document.body.replaceChildren();
}

function putBack() {
  if (!out) return;
  const { parts, title, at } = out;
  out = null;
  document.title = title;
  document.body.replaceChildren(...parts);
  scrollTo(0, at);
}

/** Whoever is in the middle of something that must not be cut off says so: the question is asked again. A child's own screen has its own way of being closed. */
const mayClose = () => document.dispatchEvent(new Event('signedout', { cancelable: true }));

/** @param {boolean} isNobody nobody is signed in; otherwise it is somebody else's page now */
function close(isNobody) {
  if (!out && !mayClose()) return;
  takeOut();
  // Said once: what is said already is not said again each time.
  if (out.isNobody === isNobody) return;
  Object.assign(out, { isSure: true, isNobody });
  const main = Object.assign(document.createElement('main'), { className: 'govuk-width-container govuk-main-wrapper', id: 'main-content' });
  const said = document.createElement('div');
  said.setAttribute('role', 'alert');
  main.append(said);
  document.body.replaceChildren(main);
  said.append(
    Object.assign(document.createElement('h1'), { className: 'govuk-heading-l', textContent: isNobody ? 'You were signed out' : 'This page is closed' }),
    paragraph(isNobody ? signedOut() : 'Somebody else is signed in here now, or has this device. What was typed on this page is kept for whoever typed it.'),
    isNobody ? link('/account/signin', 'Sign in again') : link('/', 'Go to the first page'));
}

let asking = null;
let asked = Date.now();
/** What is to be asked when the question that is on its way has been answered. */
let next = null;

/**
 * @param {{ use?: boolean, orLoad?: boolean }} how use: somebody used the page, so the sign-in goes on; otherwise asking is no use of it. orLoad: when the answer is no, the page is loaded anew
 */
function ask(how = {}) {
  if (asking) {
    next = { ...next, ...how };
    return;
  }
  asking = question(how).catch(() => {}).finally(() => {
    const then = next;
    asking = next = null;
    if (then) ask(then);
  });
}

async function question({ use = false, orLoad = false }) {
  asked = Date.now();
  if (use) {
    used = false;
    hear();
  }
  const answer = await fetch('/account/alive', { method: use ? 'GET' : 'HEAD', headers: { 'X-Made-For': madeFor }, redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(answerWithin) }).catch(() => null);
  // No connection, or nobody there who would know: what is typed is kept as it always is, and the next time asks again.
  if (!answer || answer.status >= 500 || answer.status === 429) {
    if (out && !out.isSure) putBack();
    if (!out && isOver()) show('ended', signedOut(), link('/account/signin', 'Sign in again'));
  } else if (answer.status === 204) {
    putBack();
    // Used on another page, or signed in again: the server knows better than the clock here.
    if (Date.now() - heard() >= idle) hear();
    if (use && notice?.dataset.kind !== 'day') hide();
  } else if (orLoad) location.reload();
  else close(answer.type === 'opaqueredirect');
}

// Whose the pages of this browser are, by the one that was made last. Another tab hears of it at once when that changes, and asks.
if (localStorage.getItem('made for') !== (madeFor ?? '')) localStorage.setItem('made for', madeFor ?? '');

if (idle) {
  hear();
  if (day) localStorage.setItem('ends', Date.now() + Number(day) * 1000);
  for (const kind of ['keydown', 'pointerdown']) {
    addEventListener(kind, () => {
      used = true;
      if (out) ask();
    }, { capture: true, passive: true });
  }
  addEventListener('storage', event => { if (event.key === 'made for') ask(); });
  addEventListener('online', () => ask());
  // A device that slept had no clock that ran: what its sign-in can hardly have outlived is not shown while the server is asked.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    if (!quiet && isOver() && mayClose()) takeOut();
    ask();
  });
  // What the browser keeps for going back is kept empty, and a page that comes back from there is filled when the server has said yes.
  addEventListener('pagehide', event => { if (event.persisted) takeOut(); });
  addEventListener('pageshow', event => {
    if (!event.persisted) return;
    takeOut();
    ask({ orLoad: true });
  });
  setInterval(() => {
    const since = Date.now() - heard();
    const unasked = Date.now() - asked;
    const use = used && since > warning;
    if (out) {
      if (unasked >= askEvery) ask();
      return;
    }
    if (isOver() ? unasked >= lookEvery : use || (!document.hidden && unasked >= askEvery)) ask(use ? { use } : {});
    if (isOver() || use) return;
    if (day && left() <= warningOfDay) warnOfDay();
    else if (since >= idle - warning) warn();
    else if (notice) hide();
  }, lookEvery);
}
