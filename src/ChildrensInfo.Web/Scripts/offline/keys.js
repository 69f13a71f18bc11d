// Seals and opens what is kept on a device. The key of a store is made on the device, never leaves it, and is itself sealed twice: under what a PIN
// gives (PBKDF2, slow on purpose) and under a key that the browser does not hand out. A PIN is short, and whoever copies the whole disk can try all of
// them in time: the device's own disk encryption stays necessary (docs/decisions, "What is kept on a device"). Beside that, and never instead, the same key
// may lie there under what a passkey gives (HKDF).
import { makePasskey, secretOf } from './passkey.js';

const rounds = 600_000;
const aes = { name: 'AES-GCM', length: 256 };

/** Three wrong ones are a slip of the finger; more have to wait, longer each time, and after ten only whoever is signed in may go on trying. Nothing is ever wiped. */
const freeTries = 3;
export const triesBeforeSignIn = 10;
const longestWaitMs = 15 * 60_000;

/** What is wrong with a PIN; empty when nothing is. */
export function faultOf(pin) {
  if (!/^\d{6,12}$/.test(pin)) return 'The PIN must be 6 to 12 digits';
  const steps = new Set([...pin].slice(1).map((digit, i) => digit - pin[i]));
  return steps.size === 1 && Math.abs([...steps][0]) <= 1 ? 'That PIN is one of the first somebody would try. Choose digits that are not all the same and not in a row' : '';
}

/** An email address as it is kept: enough to find whose store it is, and not to read it. */
async function disguised(email, salt) {
  const bytes = new Uint8Array([...salt, ...new TextEncoder().encode(email.trim().toLowerCase())]);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).join();
}

export async function isOf(db, email) {
  const lock = await db.get('lock', 'lock');
  return lock !== undefined && lock.who === await disguised(email, lock.salt);
}

/** @returns {Promise<CryptoKey>} the key that seals everything in this store */
export async function setUp(db, pin, email) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const device = await crypto.subtle.generateKey(aes, false, ['encrypt', 'decrypt']);
  const made = await crypto.subtle.generateKey(aes, true, ['encrypt', 'decrypt']);
  const raw = await crypto.subtle.exportKey('raw', made);
  const underPin = await close(await fromPin(pin, salt, rounds), 'key', raw);
  const wrapped = await close(device, 'key', pack(underPin));
  await db.add('lock', { salt, rounds, device, wrapped, wrong: 0, waitUntil: 0, who: await disguised(email, salt), deviceId: crypto.randomUUID() }, 'lock');
  return usable(raw);
}

/** @returns {Promise<{ key?: CryptoKey, waitMs?: number, signIn?: boolean, wrong?: number }>} */
export async function unlock(db, pin, signedIn = false) {
  const { raw, ...why } = await rawOf(db, pin, signedIn);
  return raw ? { key: await usable(raw) } : why;
}

/**
 * Makes a passkey that opens this store besides the PIN, which is looked at first.
 * @returns {Promise<{ added?: boolean, waitMs?: number, signIn?: boolean, wrong?: number }>} added: false when whatever keeps the passkey gives no secrets
 */
export async function addPasskey(db, pin, signedIn) {
  const { raw, ...why } = await rawOf(db, pin, signedIn);
  if (!raw) return why;
  const made = await makePasskey();
  if (!made) return { added: false };
  const { id, question, secret } = made;
  const { salt, device } = await db.get('lock', 'lock');
  const wrapped = await close(device, 'key', pack(await close(await fromSecret(secret, salt), 'key', raw)));
  await changeLock(db, lock => ({ ...lock, passkey: { id, question, wrapped } }));
  return { added: true };
}

export const passkeyOf = async db => (await db.get('lock', 'lock'))?.passkey ?? null;

export const dropPasskey = db => changeLock(db, ({ passkey, ...lock }) => lock);

/** @returns {Promise<CryptoKey>} what the PIN gives too; rejects when no passkey was used, or another. Its keeper counts the tries. */
export async function unlockWithPasskey(db) {
  const { salt, device, passkey } = await db.get('lock', 'lock');
  const secret = await secretOf(passkey);
  return usable(await open(await fromSecret(secret, salt), 'key', unpack(await open(device, 'key', passkey.wrapped))));
}

async function changeLock(db, change) {
  const tx = db.transaction('lock', 'readwrite', { durability: 'strict' });
  await tx.store.put(change(await tx.store.get('lock')), 'lock');
  await tx.done;
}

/** The key of a store as it can be used, and not be taken out. */
const usable = raw => crypto.subtle.importKey('raw', raw, aes, false, ['encrypt', 'decrypt']);

/** Looks at a PIN. A try is counted before it is looked at, so that closing the page in between gains nothing. */
async function rawOf(db, pin, signedIn) {
  const tx = db.transaction('lock', 'readwrite');
  const lock = await tx.store.get('lock');
  const now = Date.now();
  if (!lock) {
    await tx.done;
    return {};
  }
  if (lock.wrong >= triesBeforeSignIn && !signedIn) {
    await tx.done;
    return { signIn: true };
  }
  if (lock.waitUntil > now) {
    await tx.done;
    return { waitMs: lock.waitUntil - now };
  }
  lock.wrong++;
  lock.waitUntil = lock.wrong < freeTries ? 0 : now + Math.min(longestWaitMs, 30_000 * 2 ** (lock.wrong - freeTries));
  await tx.store.put(lock, 'lock');
  await tx.done;
  try {
    const raw = await open(await fromPin(pin, lock.salt, lock.rounds), 'key', unpack(await open(lock.device, 'key', lock.wrapped)));
    await db.put('lock', { ...lock, wrong: 0, waitUntil: 0 }, 'lock');
    return { raw };
  } catch {
    return { wrong: lock.wrong, waitMs: Math.max(0, lock.waitUntil - now), signIn: lock.wrong >= triesBeforeSignIn && !signedIn };
  }
}

/**
 * Seals bytes. What they belong to is sealed with them: a box that somebody puts in another place does not open.
 * @param {string} place
 * @returns {Promise<{ iv: Uint8Array, bytes: ArrayBuffer }>}
 */
export async function close(key, place, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) }, key, bytes) };
}

export const open = (key, place, box) => crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.iv, additionalData: new TextEncoder().encode(place) }, key, box.bytes);

export const closeText = (key, place, value) => close(key, place, new TextEncoder().encode(JSON.stringify(value)));

export const openText = async (key, place, box) => JSON.parse(new TextDecoder().decode(await open(key, place, box)));

const curve = { name: 'ECDH', namedCurve: 'P-256' };

/**
 * Closes bytes for the council: nobody opens them here again, not even with the PIN (DeviceKeys.cs opens them). The key is made for this box alone and forgotten.
 * @param {{ id: string, key: string }} council its newest public key
 * @param {string} place where it belongs: it does not open in another
 */
export async function closeForCouncil({ id, key }, place, bytes) {
  const council = await crypto.subtle.importKey('raw', Uint8Array.from(atob(key), c => c.charCodeAt(0)), curve, false, []);
  const once = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', once.publicKey));
  const shared = await crypto.subtle.importKey('raw', await crypto.subtle.deriveBits({ name: 'ECDH', public: council }, once.privateKey, 256), 'HKDF', false, ['deriveKey']);
  const use = new TextEncoder().encode('sealed on a device');
  const closing = await crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: point, info: use }, shared, aes, false, ['encrypt']);
  const box = await close(closing, place, bytes);
  const number = Uint8Array.from(id.replaceAll('-', '').match(/../g), hex => parseInt(hex, 16));
  const parts = [new TextEncoder().encode('CIP1'), number, point, box.iv, new Uint8Array(box.bytes)];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function fromPin(pin, salt, iterations) {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, material, aes, false, ['encrypt', 'decrypt']);
}

async function fromSecret(secret, salt) {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode('opened with a passkey') }, material, aes, false, ['encrypt', 'decrypt']);
}

function pack({ iv, bytes }) {
  const both = new Uint8Array(12 + bytes.byteLength);
  both.set(iv);
  both.set(new Uint8Array(bytes), 12);
  return both;
}

const unpack = both => ({ iv: new Uint8Array(both.slice(0, 12)), bytes: both.slice(12) });
