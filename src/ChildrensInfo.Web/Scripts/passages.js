// Where in the recording a passage is, [12:05] in what was written down of it, becomes a button that plays from there. Without scripts, and where nothing can be played, it stays as it was written.
for (const at of document.querySelectorAll('[data-plays-from]')) {
  const audio = at.closest('.words, main').querySelector('audio');
  if (!audio) continue;
  const button = document.createElement('button');
  const time = at.textContent.slice(1, -1);
  button.type = 'button';
  button.className = 'transcript__at';
  button.lang = 'en';
  button.textContent = time;
  button.setAttribute('aria-label', `Play from ${time}`);
  button.addEventListener('click', () => {
    audio.currentTime = Number(at.dataset.playsFrom);
    // The player says by itself that it cannot.
    audio.play().catch(() => {});
  });
  at.replaceWith(button);
}
