// Reading pieces without leaving the keyboard: keys for the two answers, and marks that follow what is ticked.
const form = document.querySelector('[data-reading]');
if (form) start(form);

function start(form) {
  const phrases = form.querySelector('textarea');
  const boxes = [...form.querySelectorAll('input[type="checkbox"]')];
  const answer = value => [...form.querySelectorAll('input[type="radio"]')].find(radio => radio.value === value);

  form.addEventListener('change', () => boxes.forEach((box, i) => {
    form.querySelector(`[data-reading-mark="${i + 1}"]`)?.classList.toggle('reading__mark--off', !box.checked);
  }));

  const actions = {
    F8: () => {
      answer('true').click();
      form.requestSubmit();
    },
    F9: () => {
      answer('false').click();
      const why = document.getElementById(answer('false').dataset.reveals)?.querySelector('input');
      (why ?? answer('false')).focus();
    },
    F4: () => {
      const chosen = getSelection().toString().trim().replace(/\s+/g, ' ');
      if (chosen) phrases.value = [phrases.value.trimEnd(), chosen].filter(Boolean).join('\n');
      phrases.focus();
    },
  };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
  form.dataset.reading = 'keys';
}
