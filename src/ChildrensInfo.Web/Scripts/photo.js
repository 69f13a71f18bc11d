// Shows the photo that was chosen, and says at once when it is too large or of a kind that cannot be kept. The server looks again.
import { make } from './elements.js';

const mostBytes = 20 * 1024 * 1024;

for (const group of document.querySelectorAll('[data-photo]')) {
  const input = group.querySelector('input[type=file]');
  const message = make('p', { class: 'govuk-error-message', role: 'alert', hidden: true });
  const picture = make('img', { class: 'photo-chosen', alt: 'The photo that was chosen', hidden: true });
  input.before(message);
  input.after(picture);

  const say = text => {
    message.textContent = text;
    message.hidden = !text;
  };

  input.addEventListener('change', () => {
    if (picture.src) URL.revokeObjectURL(picture.src);
    picture.hidden = true;
    const [file] = input.files;
    say('');
    if (!file) return;
    if (file.size > mostBytes) {
      input.value = '';
      say('A photo can be up to 20 MB. Take it again with a lower setting, or send a smaller copy.');
      return;
    }
    picture.src = URL.createObjectURL(file);
    picture.hidden = false;
  });
  picture.addEventListener('error', () => {
    picture.hidden = true;
    say('This browser cannot show that picture. If it is from an iPhone, set Settings, Camera, Formats to “Most compatible” and take it again.');
  });
}
