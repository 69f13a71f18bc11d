// Sends a recording or a drawing in pieces, and believes only a receipt that names the piece and its SHA-256.
// Anything else (a sign-in page, an empty 200, a proxy's answer) counts as not received.
import { sha256 } from './elements.js';

const pieceBytes = 4 * 1024 * 1024;
const pauses = [1000, 3000, 8000];

/** A refusal that trying again will not change, with a message for people. */
export class Refused extends Error {}

/**
 * @param {Blob} blob
 * @param {{ url: string, fileId: string, token: string, onProgress?: (sent: number, total: number) => void }} to
 */
export async function upload(blob, { url, fileId, token, onProgress = () => {} }) {
  if (!crypto.subtle) throw new Refused('This address is not secure (https), so nothing can be sent from here. Tell whoever looks after the portal.');
  for (let index = 0, at = 0; at < blob.size; index++, at += pieceBytes) {
    const piece = blob.slice(at, at + pieceBytes);
    await sendPiece(piece, { url: `${url.replace(/\/$/, '')}/${fileId}/${index}`, fileId, index, token, total: blob.size, type: blob.type });
    onProgress(Math.min(at + pieceBytes, blob.size), blob.size);
  }
}

async function sendPiece(piece, to) {
  const bytes = await piece.arrayBuffer();
  const expected = await sha256(bytes);
  for (let attempt = 0; ; attempt++) {
    try {
      await tryPiece(bytes, expected, to);
      return;
    } catch (error) {
      if (error instanceof Refused || attempt === pauses.length) throw error;
      await new Promise(resolve => setTimeout(resolve, pauses[attempt]));
    }
  }
}

async function tryPiece(bytes, expected, { url, fileId, index, token, total, type }) {
  const reply = await fetch(url, {
    method: 'PUT',
    body: bytes,
    credentials: 'same-origin',
    redirect: 'manual',
    headers: { 'Content-Type': type, 'X-Total-Length': String(total), RequestVerificationToken: token, Accept: 'application/json' },
  });
  if (reply.type === 'opaqueredirect' || reply.status === 401)
    throw new Refused('You have been signed out. Sign in again in another tab, then come back here and try again.');
  if (reply.status === 408 || reply.status === 429 || reply.status >= 500) throw new Error(`The server answered ${reply.status}`);
  if (reply.status !== 201) throw new Refused(await reason(reply));
  const receipt = await reply.json();
  const same = String(receipt.id).toLowerCase() === fileId && Number(receipt.index) === index && String(receipt.sha256).toLowerCase() === expected;
  if (!same) throw new Error('The receipt is not for what was sent');
}

async function reason(reply) {
  const standard = 'The council’s server did not accept it.';
  if (!reply.headers.get('Content-Type')?.includes('json')) return standard;
  const problem = await reply.json().catch(() => ({}));
  return problem.reason ?? standard;
}

const capturesOf = new WeakMap();

/**
 * Sends what was captured before the form itself goes. A capture has: prepare() which finishes a running recording,
 * pending() whether there is something to send, and send() which sends it and fills its hidden fields.
 * If sending fails the form stays as it is, with everything typed.
 */
export function sendWithForm(form, capture) {
  if (capturesOf.has(form)) {
    capturesOf.get(form).push(capture);
    return;
  }
  const captures = [capture];
  capturesOf.set(form, captures);
  let busy = false;
  let ready = false;
  form.addEventListener('submit', async event => {
    if (ready) return;
    if (!busy && !captures.some(c => c.pending())) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute('aria-busy', 'true');
    try {
      for (const one of captures) await one.prepare();
      for (const one of captures.filter(c => c.pending())) await one.send();
      ready = true;
    } catch {
      // The capture has said what went wrong.
    } finally {
      busy = false;
      form.removeAttribute('aria-busy');
    }
    if (ready) form.requestSubmit(event.submitter ?? undefined);
  });
  addEventListener('pageshow', () => { ready = false; });
  addEventListener('beforeunload', event => {
    if (!ready && captures.some(c => c.pending())) event.preventDefault();
  });
}

/** The hidden field a capture fills, by id or name. */
export function field(root, dataName) {
  const wanted = root.dataset[dataName];
  return wanted ? root.closest('form').elements.namedItem(wanted) : null;
}

export function tokenOf(form) {
  return form.elements.namedItem('__RequestVerificationToken')?.value ?? '';
}

/**
 * What to say when sending failed.
 * @param {'recording' | 'drawing'} what
 * @param {(text: string) => string} t as welsh.js makes it
 */
export function explain(error, what, t) {
  const kept = t(`The ${what} is still here and nothing you typed is lost.`);
  return error instanceof Refused ? `${t(error.message)} ${kept}` : `${t(`The ${what} could not be sent. Check the connection and press the button again.`)} ${kept}`;
}
