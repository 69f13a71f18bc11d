// Shows the photo that was chosen, and says at once when it is too large or of a kind that cannot be kept. The server looks again.
import { make } from './elements.js';

const mostBytes = 20 * 1024 * 1024;

for (const group of document.querySelectorAll('[data-photo]')) photo(group);

/** @param {(file: File) => void} chosen what else is done with one that is not too large */
export function photo(group, chosen = () => {}) {
  const input = group.querySelector('input[type=file]');
  const message = make('p', { class: 'govuk-error-message', role: 'alert', hidden: true });
  const picture = make('img', { class: 'photo-chosen', alt: 'The photo that was chosen', hidden: true });
  input.before(message);
  input.after(picture);

  const say = text => {
    message.textContent = text;
    message.hidden = !text;
  };

  /** Nothing of it stays in the page. */
  const forget = () => {
    if (picture.src) URL.revokeObjectURL(picture.src);
    picture.removeAttribute('src');
    picture.hidden = true;
    input.value = '';
    say('');
  };

  const show = blob => {
    if (picture.src) URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(blob);
    picture.hidden = false;
  };

  input.addEventListener('change', () => {
    const [file] = input.files;
    // What was said of another photo is not true of this one.
    for (const answer of group.closest('form')?.querySelectorAll('input[name$=".ShowsPerson"]') ?? []) answer.checked = false;
    if (!file || file.size > (group.dataset.mostBytes ?? mostBytes)) {
      forget();
      if (file) say(group.dataset.tooLarge ?? 'A photo can be up to 20 MB. Take it again with a lower setting, or send a smaller copy.');
      return;
    }
    say('');
    show(file);
    chosen(file);
  });
  picture.addEventListener('error', () => {
    if (!picture.hasAttribute('src')) return;
    picture.hidden = true;
    say('This browser cannot show that picture. If it is from an iPhone, set Settings, Camera, Formats to “Most compatible” and take it again.');
  });
  return { show, forget, say };
}
