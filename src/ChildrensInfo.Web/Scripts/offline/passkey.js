// A passkey that opens what is kept here. Nobody looks at what it signs: it gives a secret for a question (WebAuthn’s PRF), and that opens the store or does not. So no
// connection is needed. It is another than the one that signs in, and knows no name: a list of passkeys is on show to whoever holds the device.

/** Whether this browser can ask a passkey for a secret; one that does not say so may. */
export async function mayAsk() {
  if (!globalThis.PublicKeyCredential) return false;
  const able = await PublicKeyCredential.getClientCapabilities?.().catch(() => null);
  return able?.['extension:prf'] !== false;
}

const random = length => crypto.getRandomValues(new Uint8Array(length));

/**
 * Makes one. It is not to stand among those that sign in, where a device lets us choose.
 * @returns {Promise<{ id: Uint8Array, question: Uint8Array, secret: ArrayBuffer } | null>} null when whatever keeps it gives no secrets
 */
export async function makePasskey() {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { name: 'Children’s Information Portal' },
      user: { id: random(16), name: 'Visits on this device', displayName: 'Visits on this device' },
      challenge: random(32),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
      extensions: { prf: {} },
    },
  });
  if (!made.getClientExtensionResults().prf?.enabled) return null;
  const passkey = { id: new Uint8Array(made.rawId), question: random(32) };
  return { ...passkey, secret: await secretOf(passkey) };
}

/** @returns {Promise<ArrayBuffer>} the same for the same question each time, and for no other passkey */
export async function secretOf({ id, question }) {
  const answer = await navigator.credentials.get({
    publicKey: { challenge: random(32), allowCredentials: [{ type: 'public-key', id }], userVerification: 'required', extensions: { prf: { eval: { first: question } } } },
  });
  return answer.getClientExtensionResults().prf.results.first;
}
