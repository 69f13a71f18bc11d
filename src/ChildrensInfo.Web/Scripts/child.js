// The child's own screen: reads itself aloud, and hides at once. That nothing else opens is the server's work, not this script's.
import './alive.js';
import { begun, forget } from './keep.js';
import { coverable, readable } from './child-screen.js';

// What the worker keeps for visits without a connection closes in every other tab: a child holds the device.
new BroadcastChannel('visits').postMessage('lock');

const covered = 'covered';

function remember(isCovered) {
  try {
    if (isCovered) sessionStorage.setItem(covered, '1');
    else sessionStorage.removeItem(covered);
  } catch {
    // Without storage a new page is not covered; this one is.
  }
}

const hide = coverable(remember);
try {
  if (sessionStorage.getItem(covered)) hide();
} catch {
  // See above.
}

// The worker's sign-in has ended, or the device is somebody else's: it goes behind the picture, once. What they began stays, and is kept sealed as ever.
let closed = false;
document.addEventListener('signedout', event => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  if (!closed) hide();
  closed = true;
});

// A page that the browser froze and brings back may be from before the device was handed over, or from after it was taken back.
addEventListener('pageshow', event => {
  if (event.persisted) location.reload();
});

// What they began and did not keep: asked before the device goes back, and when they come again. Left without an answer it stays as it is, sealed.
const question = document.querySelector('[data-begun]');
const first = question && begun()[0];
if (first) {
  question.hidden = false;
  question.querySelector('[data-begun-show]').href = first.address;
  question.querySelector('[data-begun-away]').addEventListener('click', () => {
    forget();
    question.hidden = true;
    document.querySelector('h1').focus();
  });
}

// One form, sent once.
document.addEventListener('submit', event => {
  if (event.defaultPrevented) return;
  if ('sent' in event.target.dataset) event.preventDefault();
  event.target.dataset.sent = '';
  setTimeout(() => delete event.target.dataset.sent, 8000);
});

readable();
