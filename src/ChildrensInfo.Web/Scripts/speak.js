// Reads aloud with a voice of this device only: others send the words away to be spoken. Where there is none, nothing is offered.

/**
 * @param button Shown when this device has a voice for the language.
 * @param label Says what pressing does; its data-stop is what it says while something is read.
 * @param text Gives the words when they are wanted.
 */
export function readAloud(button, label, language, text) {
  if (!('speechSynthesis' in window)) return;
  const start = label.textContent;
  const voice = () => speechSynthesis.getVoices().find(v => v.localService && v.lang.toLowerCase().startsWith(language));
  const offer = () => { button.hidden = !voice(); };
  offer();
  speechSynthesis.addEventListener('voiceschanged', offer);
  button.addEventListener('click', () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      return;
    }
    const words = new SpeechSynthesisUtterance(text());
    words.voice = voice();
    words.lang = words.voice.lang;
    words.rate = .9;
    words.onstart = () => { label.textContent = label.dataset.stop; };
    words.onend = words.onerror = () => { label.textContent = start; };
    speechSynthesis.speak(words);
  });
  addEventListener('pagehide', () => speechSynthesis.cancel());
}

// On a worker's page: the words that are read to somebody, in their own language.
const part = document.querySelector('[data-speak]');
const button = document.querySelector('[data-speak-start]');
if (part && button) readAloud(button, button, part.querySelector('[lang]').lang, () => part.textContent.trim());
