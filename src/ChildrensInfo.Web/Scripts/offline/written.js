// What the council's server takes of a text, by its own count (WrittenText.cs): looked at before something is sealed, since what is sealed cannot be changed any more.

/** Whether there is nothing in it that could be read. */
export const isBlank = text => /^[\s\u0085]*$/.test(text);

/** @param {number | string | undefined} most characters, of which an emoji is one @returns {string} what is wrong with a text; empty when nothing is */
export function textFault(text, most) {
  if (/[\0\p{Surrogate}]/u.test(text)) return 'This holds a character that cannot be kept. Type it again, or paste it as plain text';
  const length = [...text].length;
  const said = n => Number(n).toLocaleString('en-GB');
  return most && length > most ? `This must be ${said(most)} characters or fewer. It has ${said(length)}` : '';
}
