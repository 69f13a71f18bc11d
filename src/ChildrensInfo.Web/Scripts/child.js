// The child's own screen: reads itself aloud, and hides at once. That nothing else opens is the server's work, not this script's.
import './alive.js';
import './keep.js';
import { readAloud } from './speak.js';

// What the worker keeps for visits without a connection closes in every other tab: a child holds the device.
new BroadcastChannel('visits').postMessage('lock');

const cover = document.querySelector('[data-cover]');
const title = document.title;
const covered = 'covered';

// Hiding
function hide() {
  speechSynthesis?.cancel();
  // Whatever listens stops listening; what was recorded until now is kept.
  document.dispatchEvent(new CustomEvent('cover'));
  cover.hidden = false;
  document.title = document.body.dataset.coverTitle;
  for (const part of document.body.children) if (part !== cover) part.inert = true;
  remember(true);
  cover.querySelector('[data-uncover]').focus();
}

function show() {
  cover.hidden = true;
  document.title = title;
  for (const part of document.body.children) part.inert = false;
  remember(false);
  document.querySelector('[data-hide]').focus();
}

function remember(isCovered) {
  try {
    if (isCovered) sessionStorage.setItem(covered, '1');
    else sessionStorage.removeItem(covered);
  } catch {
    // Without storage a new page is not covered; this one is.
  }
}

document.querySelector('[data-hide]').addEventListener('click', event => {
  event.preventDefault();
  hide();
});
document.querySelector('[data-uncover]').addEventListener('click', show);
addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  if (cover.hidden) hide();
  else show();
});
try {
  if (sessionStorage.getItem(covered)) hide();
} catch {
  // See above.
}

// A page that the browser froze and brings back may be from before the device was handed over, or from after it was taken back.
addEventListener('pageshow', event => {
  if (event.persisted) location.reload();
});

// One form, sent once.
document.addEventListener('submit', event => {
  if (event.defaultPrevented) return;
  if ('sent' in event.target.dataset) event.preventDefault();
  event.target.dataset.sent = '';
  setTimeout(() => delete event.target.dataset.sent, 8000);
});

// Reading aloud
const read = document.querySelector('[data-read]');
readAloud(read, document.querySelector('[data-read-label]'), document.documentElement.lang, text);

/** What is to be read: what stands on the screen, the child's own words among it, and never a PIN. */
function text() {
  return [...document.querySelectorAll('[data-say] h1, [data-say] h2, [data-say] p, [data-say] legend, [data-say] label, [data-say] .own__words:not(.own__words--asked), [data-say] .own__tile, [data-say] .own__button, [data-say] textarea:not([hidden])')]
    .filter(e => e.checkVisibility?.() ?? true)
    .map(e => (e.tagName === 'TEXTAREA' ? e.value : e.textContent).trim()).filter(Boolean).join('. ');
}
