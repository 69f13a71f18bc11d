// What a radio reveals is shown while it is chosen, also after the browser, or a script, has filled a form in again by itself.
export function reveal() {
  for (const radio of document.querySelectorAll('input[data-reveals]'))
    document.getElementById(radio.dataset.reveals).classList.toggle('govuk-radios__conditional--hidden', !radio.checked);
}

document.addEventListener('change', event => {
  if (event.target.type === 'radio') reveal();
});
reveal();
