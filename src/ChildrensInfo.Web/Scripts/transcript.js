// Typing what a recording says without leaving the box: keys for the player, and a mark for words that are hard to hear.
const root = document.querySelector('[data-player]');
if (root) start(root);

function start(root) {
  const audio = root.querySelector('audio');
  const box = root.querySelector('textarea');
  const state = root.querySelector('[data-player-state]');
  const play = root.querySelector('[data-player-play]');
  const speeds = [1, 0.75, 0.5];

  const actions = {
    F8: () => (audio.paused ? audio.play().catch(() => say('The recording cannot be played just now')) : audio.pause()),
    F9: () => {
      audio.currentTime = Math.max(0, audio.currentTime - 5);
      say(`Back at ${time(audio.currentTime)}`);
    },
    F4: () => {
      const { selectionStart: at, value } = box;
      const where = `[${time(audio.currentTime)}] `;
      box.setRangeText(at === 0 || /\s/.test(value[at - 1]) ? where : ` ${where}`, at, at, 'end');
      box.focus();
      box.dispatchEvent(new Event('input', { bubbles: true }));
      say(`Written: ${time(audio.currentTime)}`);
    },
    F2: () => {
      audio.playbackRate = speeds[(speeds.indexOf(audio.playbackRate) + 1) % speeds.length] ?? 1;
      say(audio.playbackRate === 1 ? 'As it was spoken' : `Slower: ${audio.playbackRate * 100} per cent`);
    },
  };

  root.querySelector('[data-player-buttons]').hidden = false;
  play.addEventListener('click', actions.F8);
  root.querySelector('[data-player-back]').addEventListener('click', actions.F9);
  root.querySelector('[data-player-slower]').addEventListener('click', actions.F2);
  root.querySelector('[data-player-where]').addEventListener('click', actions.F4);
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !actions[event.key]) return;
    event.preventDefault();
    if (!event.repeat || event.key === 'F9') actions[event.key]();
  });
  for (const event of ['play', 'pause', 'ended']) {
    audio.addEventListener(event, () => { play.firstChild.textContent = audio.paused ? 'Play ' : 'Pause '; });
  }

  for (const button of root.querySelectorAll('[data-player-mark]')) {
    const [before, after] = button.dataset.playerMark.split('|');
    button.hidden = false;
    button.addEventListener('click', () => {
      const { selectionStart: from, selectionEnd: to, value } = box;
      // A mark ends with its line.
      const marked = value.slice(from, to).split('\n').map(line => (line.trim() || from === to ? `${before}${line}${after}` : line)).join('\n');
      box.setRangeText(marked, from, to, 'end');
      if (from === to) box.setSelectionRange(from + before.length, from + before.length);
      box.focus();
      box.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  function say(text) {
    state.textContent = text;
  }

  function time(seconds) {
    const [hours, minutes, rest] = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Math.floor);
    const two = number => String(number).padStart(2, '0');
    return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  }
}
