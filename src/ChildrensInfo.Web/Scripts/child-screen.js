// What the child's own screens have in common, with a connection and without: all of one hides at once behind a picture, and it reads itself aloud.
import { readAloud } from './speak.js';

/**
 * @param {(isCovered: boolean) => void} remember told when it is hidden, and when it is shown again
 * @param {AbortSignal} [signal] ends it
 * @returns {() => void} hides it
 */
export function coverable(remember, signal) {
  const cover = document.querySelector('[data-cover]');
  const title = document.title;

  function hide() {
    globalThis.speechSynthesis?.cancel();
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
  }, { signal });
  return hide;
}

/** Offers to read aloud what stands on the screen. */
export function readable() {
  readAloud(document.querySelector('[data-read]'), document.querySelector('[data-read-label]'), document.documentElement.lang, text);
}

/** What is to be read: what stands on the screen, the child's own words among it, and never a PIN. */
function text() {
  return [...document.querySelectorAll('[data-say] h1, [data-say] h2, [data-say] p, [data-say] legend, [data-say] label, [data-say] .own__words:not(.own__words--asked), [data-say] .own__tile, [data-say] .own__button, [data-say] textarea:not([hidden])')]
    .filter(e => e.checkVisibility?.() ?? true)
    .map(e => (e.tagName === 'TEXTAREA' ? e.value : e.textContent).trim()).filter(Boolean).join('. ');
}
